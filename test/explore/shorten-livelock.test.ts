import { describe, expect, it } from 'vitest';
import { proceed } from '../../src/drive/drive.js';
import { judgeEnd } from '../../src/drive/end.js';
import { FairDecider } from '../../src/drive/fair.js';
import { follow } from '../../src/drive/recorded.js';
import { Schedule } from '../../src/drive/schedule.js';
import { shortenLivelock } from '../../src/explore/shorten-livelock.js';
import { Machine } from '../../src/machine/machine.js';
import { type PlainCpu, type PlainProgram, plainProgram } from '../../src/programs/plain-program.js';

/** As a hunt leaves it: so many steps of chance, and then everybody in turn. */

const TURNS = 30_000;

function endless(program: PlainProgram, chance: readonly number[]): { machine: Machine; whole: number[] } {
  const machine = new Machine(program, 'sc');
  const schedule = Schedule.of(chance);
  expect(follow(machine, chance)).toBe(null);
  proceed(machine, new FairDecider(schedule, Number.POSITIVE_INFINITY, chance.length + TURNS, () => 0));
  judgeEnd(machine, true);
  expect(machine.violation?.class).toBe('livelock');
  return { machine, whole: schedule.toArray() };
}

const CPU0 = 0;
const CPU1 = 16;

/** CPU0 waits for CPU1's word, which CPU1 takes back where CPU0 has been too late. */
const missedWord = plainProgram({
  name: 'missed word',
  words: { go: 0 },
  cpus: [
    function* (cpu: PlainCpu, { go }: { readonly go: number }) {
      for (let seen = 0; seen === 0; ) seen = yield* cpu.readOnce(go);
    },
    function* (cpu: PlainCpu, { go }: { readonly go: number }) {
      yield* cpu.writeOnce(go, 1);
      yield* cpu.writeOnce(go, 0);
    },
  ],
});

/** CPU0 is slow, and ends, unless CPU1 has been first. */
const slowOrNever = plainProgram({
  name: 'slow or never',
  words: { first: 0, never: 0 },
  cpus: [
    function* (cpu: PlainCpu, { first, never }: { readonly first: number; readonly never: number }) {
      const isNever = yield* cpu.xchg(first, 1);
      for (let turn = 0; isNever !== 0 || turn < 12_000; turn++) yield* cpu.readOnce(never);
    },
    function* (cpu: PlainCpu, { first }: { readonly first: number }) {
      yield* cpu.writeOnce(first, 1);
    },
  ],
});

describe('the witness of a livelock', () => {
  it('keeps what it takes until it cannot end any more, and few rounds', () => {
    const chance = [...new Array<number>(500).fill(CPU0), CPU1, CPU1, ...new Array<number>(500).fill(CPU0)];
    const { machine, whole } = endless(missedWord, chance);
    const { steps, violation } = { steps: machine.step, violation: machine.violation };
    expect(steps).toBe(whole.length);
    const short = shortenLivelock(machine, whole);
    expect(short.slice(0, 502)).toEqual(chance.slice(0, 502));
    expect(short.length).toBeLessThan(3_000);
    expect(follow(machine, short)).toBe(null);
    judgeEnd(machine, true);
    expect(machine.violation).toMatchObject({ class: violation?.class, facts: { waiting: [{ cpu: 0 }] } });
  });

  it('is none of what only takes long: it is tried for as long as the witness has', () => {
    const { machine, whole } = endless(slowOrNever, [CPU1, ...new Array<number>(100).fill(CPU0)]);
    const short = shortenLivelock(machine, whole);
    expect(short[0]).toBe(CPU1);
    expect(short.length).toBeLessThan(3_000);
  });
});
