import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../src/machine/protocol.js';
import { type PlainCpu, plainProgram } from '../../src/programs/plain-program.js';
import { type Replay, replayProgram } from '../../src/replay/replay-finding.js';
import { recordRun } from '../replay/record-run.js';

/** What is told of a program of which nothing is known but what the machine did. */

type At<N extends string> = Readonly<Record<N, number>>;

const marked = ({ trace }: Replay): string[] =>
  trace.flatMap(({ deciding, step, cpu, text }) => (deciding === null ? [] : [`${step} CPU${cpu} ${text}`]));

/** CPU0 takes away what CPU1 may be using, once CPU1 says that it is not. */
function grace(isFenced: boolean) {
  return plainProgram({
    name: 'grace',
    words: { busy: 0, ptr: 1, alive: 1 },
    cpus: [
      function* (cpu, at) {
        yield* cpu.xchg(at.ptr, 0);
        yield* cpu.condLoadAcquire(at.busy, -1, 0);
        yield* cpu.writeOnce(at.alive, 0);
      },
      function* (cpu, at) {
        yield* cpu.writeOnce(at.busy, 1);
        if (isFenced) yield* cpu.smpMb();
        if ((yield* cpu.readOnce(at.ptr)) === 0) return;
        const alive = yield* cpu.readOnce(at.alive);
        yield* cpu.assert(alive === 1, 'it is gone');
        yield* cpu.writeOnce(at.busy, 0);
      },
    ],
  });
}

describe('an execution that no order of its operations explains', () => {
  const replay = replayProgram(grace(false), recordRun(grace(false), ['1*2', '0*3', '0b', '1'], 'tso'));

  it('is told by the store that waited, the load that went past it, and the wait that did not see it', () => {
    expect(replay.sentence).toContain(
      "CPU1's store of 1 to busy at step 0 waited in its store buffer to the end: CPU1 reads ptr at step 1, " +
        "and CPU0 stores 0 to it at step 2, CPU0's wait for busy is over at step 3 without CPU1's 1",
    );
    expect(marked(replay).slice(0, 4)).toEqual([
      '0 CPU1 busy = 1 (buffered)',
      '1 CPU1 ptr is 1',
      '2 CPU0 xchg ptr: 1 to 0',
      "3 CPU0 waited for busy, is 0 (CPU1's store of 1 is still buffered)",
    ]);
    expect([0, 1, 2, 3].every((step) => replay.told.includes(step))).toBe(true);
  });

  it('has a cause of its own, and the one of before', () => {
    expect(replay.cause).toBe(
      'it is gone; busy: a store waited in its store buffer, and its CPU had read on',
    );
    expect(replay.former).toBe('it is gone');
  });

  it('is not told of a store that waited and that everybody has seen in time', () => {
    const program = plainProgram({
      name: 'harmless',
      words: { x: 0, y: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 1);
          yield* cpu.readOnce(at.y);
        },
        function* (cpu, at) {
          const x = yield* cpu.readOnce(at.x);
          yield* cpu.assert(x === 1, 'x is not 1');
        },
      ],
    });
    const { sentence } = replayProgram(program, recordRun(program, ['0*2', '1'], 'tso'));
    expect(sentence).toBe('x is not 1');
  });
});

describe('loads that belong to no one moment', () => {
  const words = { flag: 0, value: [0, 0] };
  function* receiver(cpu: PlainCpu, at: At<'flag' | 'value'>): Protocol<void> {
    if ((yield* cpu.readOnce(at.flag)) === 0) return;
    const first = yield* cpu.readOnce(at.value);
    const second = yield* cpu.readOnce(at.value + 1);
    yield* cpu.assert(first === second, 'half a value');
  }
  const sender = (first: keyof At<'flag' | 'value'>) =>
    function* send(cpu: PlainCpu, at: At<'flag' | 'value'>): Protocol<void> {
      yield* cpu.xchg(at[first], 1);
      yield* cpu.xchg(at.value, 1);
      yield* cpu.xchg(at.value + 1, 1);
    };
  const program = plainProgram({ name: 'halves', words, cpus: [sender('flag'), receiver] });

  it('are told with the stores in between', () => {
    const replay = replayProgram(program, recordRun(program, ['0', '1*2', '0*2', '1'], 'tso'));
    expect(replay.sentence).toContain(
      'between two loads of CPU1 (value[0] is 0 at step 2, value[1] is 1 at step 5) CPU0 stores 1 to value[0] ' +
        'at step 3, and CPU0 stores 1 to value[1] at step 4',
    );
    expect(replay.cause).toBe('half a value; value[#]: changed between two loads');
  });

  it('are told with the CPU that stored one word before the other', () => {
    const replay = replayProgram(program, recordRun(program, ['0*2', '1*3'], 'tso'));
    expect(replay.sentence).toContain(
      'CPU0 stores 1 to value[0] at step 1, where CPU1 sees it at step 3, and has not stored to value[1] yet: ' +
        'CPU1 still reads 0 there at step 4',
    );
    expect(replay.cause).toBe('half a value; value[#]: was stored before the other word');
    expect(replay.trace.find(({ isCause }) => isCause)?.text).toBe('xchg value[0]: 0 to 1');
  });
});

describe('a wait that nobody ends', () => {
  const program = plainProgram({
    name: 'missed',
    words: { ready: 0, asleep: 0, woken: 0 },
    cpus: [
      function* sleeper(cpu, at) {
        if ((yield* cpu.readOnce(at.ready)) === 1) return;
        yield* cpu.xchg(at.asleep, 1);
        yield* cpu.condLoadAcquire(at.woken, -1, 1);
      },
      function* waker(cpu, at) {
        yield* cpu.xchg(at.ready, 1);
        if ((yield* cpu.readOnce(at.asleep)) === 1) yield* cpu.writeOnce(at.woken, 1);
      },
    ],
  });

  it('is told with who looked too soon, on either side', () => {
    const replay = replayProgram(program, recordRun(program, ['0', '1*2', '0'], 'tso'));
    expect(replay.sentence).toContain('nobody has stored to woken');
    expect(replay.sentence).toContain(
      "CPU0 reads 0 in ready at step 0, and CPU1's 1 of step 1 is there only later",
    );
    expect(replay.sentence).toContain(
      "CPU1 reads 0 in asleep at step 2, and CPU0's 1 of step 3 is there only later",
    );
    expect(replay.cause).toMatch(/; ready: was read before it changed$/);
  });
});

describe('a store of a word that is stored twice', () => {
  it('is told with its own drain', () => {
    const program = plainProgram({
      name: 'twice',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.writeOnce(at.x, 1);
          yield* cpu.writeOnce(at.x, 2);
        },
        function* (cpu, at) {
          const x = yield* cpu.readOnce(at.x);
          yield* cpu.assert(x !== 2, 'x is 2');
        },
      ],
    });
    const replay = replayProgram(program, recordRun(program, ['0*2', '0b*2', '1'], 'tso'));
    expect(replay.sentence).toBe(
      'x is 2; CPU1 reads 2 in x at step 4: CPU0 stored it at step 1 (in memory from step 3 on)',
    );
    expect(marked(replay)).toEqual([
      '1 CPU0 x = 2 (buffered)',
      '3 CPU0 x = 2 reaches memory',
      '4 CPU1 x is 2',
    ]);
  });
});
