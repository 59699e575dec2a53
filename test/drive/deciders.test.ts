import { describe, expect, it } from 'vitest';
import { type Decider, STOP } from '../../src/drive/decider.js';
import { drive, proceed } from '../../src/drive/drive.js';
import { judgeEnd, judgeEndWatched } from '../../src/drive/end.js';
import { FairDecider } from '../../src/drive/fair.js';
import { follow } from '../../src/drive/recorded.js';
import { Schedule } from '../../src/drive/schedule.js';
import { agentOf, BUFFER_AGENT } from '../../src/machine/agents.js';
import { Machine } from '../../src/machine/machine.js';
import { plainProgram } from '../../src/programs/plain-program.js';

/** Nobody moves. */
const nobody: Decider = { pick: () => STOP, choose: () => 0 };

const stores = plainProgram({
  name: 'two-stores',
  words: { x: 0, y: 0 },
  cpus: [
    function* (cpu, at) {
      yield* cpu.writeOnce(at.x, 1);
    },
    function* (cpu, at) {
      if ((yield* cpu.choose(3)) === 2) yield* cpu.writeOnce(at.y, 2);
    },
  ],
  final: (read, at) => read(at.y) === 2 || 'y was not stored',
});

const waits = plainProgram({
  name: 'waits-for-ever',
  words: { x: 0 },
  cpus: [
    function* (cpu, at) {
      yield* cpu.condLoadAcquire(at.x, -1, 1);
    },
  ],
});

const spins = plainProgram({
  name: 'spins-for-ever',
  words: { x: 0 },
  cpus: [
    function* (cpu, at) {
      while ((yield* cpu.readOnce(at.x)) === 0);
    },
  ],
});

const fair = (schedule: Schedule, turns: number): FairDecider =>
  new FairDecider(schedule, turns, 1_000_000, () => 0);

describe('an execution', () => {
  it('is the same again when its decisions are followed', () => {
    const machine = new Machine(stores, 'tso');
    const schedule = new Schedule();
    schedule.choice(0);
    drive(machine, fair(schedule, 1_000));
    const { hash, step } = machine;
    expect(follow(machine, schedule.toArray())).toBeNull();
    expect([machine.hash, machine.step]).toEqual([hash, step]);
  });

  it('says which decision could not be followed', () => {
    const machine = new Machine(stores, 'tso');
    expect(follow(machine, [-3, agentOf(1, BUFFER_AGENT)])).toBe(
      'step 0: the schedule moves agent 1b, which cannot move',
    );
    expect(follow(machine, [-4, 0])).toBe('step 0: the schedule answers 3 to a choice of 3');
    expect(follow(machine, [0])).toBe('step 0: a choice of 3 is asked for that the schedule does not answer');
    expect(follow(machine, [-1, -1])).toBe('step 0: the schedule answers a choice that was not asked for');
  });

  it('shows each step to its watcher from both sides', () => {
    const machine = new Machine(stores, 'tso');
    const seen: string[] = [];
    drive(machine, fair(new Schedule(), 1_000), {
      before: (agent) => seen.push(`${agent} at ${machine.step}`),
      after: (agent) => seen.push(`${agent} to ${machine.step}`),
    });
    expect(seen.slice(0, 2)).toEqual(['0 at 0', '0 to 1']);
    expect(seen).toHaveLength(2 * machine.step);
  });
});

describe('an end', () => {
  it('is no end while somebody can move', () => {
    const machine = new Machine(stores, 'tso');
    drive(machine, nobody);
    expect(judgeEnd(machine)).toBe(false);
    expect(machine.violation).toBeNull();
  });

  it('is judged by the final assertion, which tells what it looked at', () => {
    const machine = new Machine(stores, 'tso');
    drive(machine, fair(new Schedule(), 1_000));
    expect(judgeEndWatched(machine, false).map((address) => stores.layout.nameOf(address))).toEqual(['y']);
    expect(machine.violation).toMatchObject({ class: 'assertion', message: 'y was not stored' });
  });

  it('is a deadlock when nobody can move and not all have ended', () => {
    const machine = new Machine(waits, 'tso');
    drive(machine, nobody);
    expect(judgeEnd(machine)).toBe(true);
    expect(machine.violation).toMatchObject({
      class: 'deadlock',
      cpu: 0,
      message: 'nobody can move: CPU0 waits for x (is 0), interrupts on',
    });
  });

  it('is a livelock only when all had their turns', () => {
    const machine = new Machine(spins, 'tso');
    drive(machine, fair(new Schedule(), 80));
    expect(judgeEnd(machine)).toBe(false);
    proceed(machine, fair(new Schedule(), 80));
    expect(judgeEnd(machine, true)).toBe(true);
    expect(machine.violation).toMatchObject({
      class: 'livelock',
      message: expect.stringContaining('the last of them fair: CPU0 is before'),
    });
  });
});
