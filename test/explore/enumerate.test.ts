import { describe, expect, it } from 'vitest';
import { p2 } from '../../bench/peers/p2.js';
import { p3 } from '../../bench/peers/p3.js';
import { p4 } from '../../bench/peers/p4.js';
import { EnumerationLimitError, enumerate } from '../../src/explore/enumerate.js';
import { Random } from '../../src/explore/random.js';
import { Machine } from '../../src/machine/machine.js';
import type { Program } from '../../src/machine/program.js';
import { type PlainScript, plainProgram } from '../../src/programs/plain-program.js';
import type { MemoryModel } from '../../src/vocabulary/finding.js';

/** Beyond this many schedules a program is too large to be compared. */
const SCHEDULES_MAX = 3_000;

/**
 * Every schedule one by one, without any reduction: the enumerator's reference. Null if there are too many.
 */
function bruteForce(program: Program, memory: MemoryModel): { states: string[]; schedules: number } | null {
  const machine = new Machine(program, memory);
  const states = new Set<string>();
  const path: { options: number[]; taken: number }[] = [];
  let schedules = 0;
  let depth = 0;
  const decide = (options: () => number[]): number => {
    if (depth === path.length) path.push({ options: options(), taken: 0 });
    const branch = path[depth++];
    return branch.options[branch.taken];
  };
  machine.choose = (n) => decide(() => Array.from({ length: n }, (_, i) => i));
  for (;;) {
    depth = 0;
    if (++schedules > SCHEDULES_MAX) return null;
    machine.begin();
    while (machine.violation === null && machine.enabled.obligations > 0) {
      machine.stepAgent(decide(() => Array.from(machine.enabled.list.subarray(0, machine.enabled.count))));
    }
    const end = machine.violation?.class ?? (machine.unfinished > 0 ? 'deadlock' : 'end');
    states.add(`${machine.mem.subarray(0, program.hardwareBase).join(' ')} ${end}`);
    while (path.length > 0 && path[path.length - 1].taken + 1 === path[path.length - 1].options.length)
      path.pop();
    if (path.length === 0) return { states: [...states].sort(), schedules };
    path[path.length - 1].taken++;
  }
}

function outcomes(program: Program, memory: MemoryModel): string[] {
  return enumerate(program, { memory })
    .outcomes.map(({ state, violation }) => `${state} ${violation?.class ?? 'end'}`)
    .sort();
}

/**
 * A small program by chance: two or three CPUs, a few instructions each, with waits, locks, interrupts and
 * choices.
 */
function randomProgram(seed: number): Program {
  const random = new Random();
  random.seed(seed, 1, 1);
  const cpus = 2 + random.below(2);
  const words = { x: [0, 0], lock: 0, result: Array.from({ length: 12 }, () => 0) } as const;
  const plans = Array.from({ length: cpus }, () =>
    Array.from(
      { length: cpus === 2 ? 3 : 2 },
      () => [random.below(9), random.below(2), random.below(3)] as const,
    ),
  );
  return plainProgram({
    name: `random ${seed}`,
    words,
    cpus: plans.map(
      (plan): PlainScript<typeof words, Record<never, never>> =>
        function* (cpu, at) {
          for (const [index, [kind, which, value]] of plan.entries()) {
            let result = 0;
            if (kind <= 1) result = yield* cpu.readOnce(at.x + which);
            else if (kind <= 3) yield* cpu.writeOnce(at.x + which, value);
            else if (kind === 4) result = yield* cpu.xchg(at.x + which, value);
            else if (kind === 5) yield* cpu.sendIpi((cpu.id + 1) % cpus);
            else if (kind === 6) yield* cpu.spinLock(at.lock);
            else if (kind === 7) result = yield* cpu.choose(2);
            else yield* cpu.condLoadAcquire(at.x + which, 1, value & 1);
            yield* cpu.poke(at.result + cpu.id * 4 + index, result);
          }
        },
    ),
    interrupt: function* (cpu, at) {
      const seen = yield* cpu.readOnce(at.x);
      yield* cpu.poke(at.result + cpu.id * 4 + 3, seen + 1);
      yield* cpu.iret();
    },
  });
}

describe('enumeration', () => {
  it('reaches exactly what every single schedule reaches, in random programs', () => {
    let compared = 0;
    let schedules = 0;
    let deadlocks = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const program = randomProgram(seed);
      for (const memory of ['sc', 'tso'] as const) {
        const reference = bruteForce(program, memory);
        if (reference === null) continue;
        compared++;
        schedules += reference.schedules;
        deadlocks += reference.states.filter((state) => state.endsWith('deadlock')).length;
        expect(outcomes(program, memory), `${program.name} ${memory}`).toEqual(reference.states);
      }
    }
    // The programs are worth comparing.
    expect(compared).toBeGreaterThan(100);
    expect(schedules).toBeGreaterThan(40_000);
    expect(deadlocks).toBeGreaterThan(10);
  });

  it('tells apart states that differ in a register only', () => {
    // Memory is the same whichever value CPU 0 read first; what it does later is not.
    const program = plainProgram({
      name: 'register',
      words: { x: 0, y: 0 },
      cpus: [
        function* (cpu, at) {
          const first = yield* cpu.readOnce(at.x);
          yield* cpu.xchg(at.x, 0);
          yield* cpu.xchg(at.x, 0);
          if (first === 1) yield* cpu.xchg(at.y, 1);
        },
        function* (cpu, at) {
          yield* cpu.xchg(at.x, 1);
          yield* cpu.xchg(at.x, 0);
        },
      ],
    });
    const { outcomes: found } = enumerate(program, {
      memory: 'sc',
      project: (machine) => String(machine.mem[program.at.y]),
    });
    expect(found.map(({ state }) => state)).toEqual(['0', '1']);
  });

  it('tells apart states that differ in what was peeked only', () => {
    const program = plainProgram({
      name: 'peek',
      words: { x: 0, y: 0, z: 0 },
      cpus: [
        function* (cpu, at) {
          yield* cpu.smpMb();
          const seen = yield* cpu.peek(at.x);
          yield* cpu.smpMb();
          yield* cpu.smpMb();
          if (seen === 1) yield* cpu.xchg(at.y, 1);
        },
        function* (cpu, at) {
          yield* cpu.xchg(at.x, 1);
          yield* cpu.xchg(at.x, 0);
        },
      ],
    });
    const { outcomes: found } = enumerate(program, {
      memory: 'sc',
      project: (machine) => String(machine.mem[program.at.y]),
    });
    expect(found.map(({ state }) => state)).toEqual(['0', '1']);
  });

  it('gives a schedule for each outcome, which leads there again', () => {
    const program = randomProgram(7);
    for (const { state, schedule } of enumerate(program, { memory: 'tso' }).outcomes) {
      const machine = new Machine(program, 'tso');
      const choices = schedule.filter((decision) => decision < 0).map((decision) => -1 - decision);
      machine.choose = () => choices.shift() as number;
      machine.begin();
      for (const decision of schedule) if (decision >= 0) machine.stepAgent(decision);
      expect(machine.mem.subarray(0, program.hardwareBase).join(' ')).toBe(state);
    }
  });

  it('says when there is more than it may look at', () => {
    expect(() => enumerate(p3(3, 2), { memory: 'tso', maxStates: 50 })).toThrow(
      new EnumerationLimitError('P3 3x2 has more than 50 states'),
    );
    const endless = plainProgram({
      name: 'endless',
      words: { x: 0 },
      cpus: [
        function* (cpu, at) {
          for (;;) yield* cpu.readOnce(at.x);
        },
      ],
    });
    expect(() => enumerate(endless, { memory: 'sc' })).toThrow(
      'endless: a schedule has more than 1000 steps; waiting belongs into condLoadAcquire',
    );
  });
});

describe("the peers' programs, all schedules", () => {
  const violations = (program: Program, memory: MemoryModel): string[] =>
    enumerate(program, { memory }).outcomes.flatMap(({ violation }) =>
      violation === null ? [] : [violation.class],
    );

  it("P2: Peterson's lock holds under SC, fails under TSO without a fence, holds with one", () => {
    expect(violations(p2(false, 2), 'sc')).toEqual([]);
    expect(new Set(violations(p2(false, 2), 'tso'))).toEqual(new Set(['assertion']));
    expect(violations(p2(true, 2), 'tso')).toEqual([]);
  });

  it('P3: the counter ends anywhere from 2 to n * m', () => {
    const counts = (memory: MemoryModel): number[] =>
      enumerate(p3(2, 3), { memory })
        .outcomes.map(({ state }) => Number(state))
        .sort((a, b) => a - b);
    expect(counts('sc')).toEqual([2, 3, 4, 5, 6]);
    expect(counts('tso')).toEqual([2, 3, 4, 5, 6]);
    expect(violations(p3(2, 1, true), 'sc')).toEqual(['assertion']);
  });

  it('P4 is correct and P4b is not', () => {
    expect(violations(p4(1), 'sc')).toEqual([]);
    expect(new Set(violations(p4(1, true), 'sc'))).toEqual(new Set(['assertion']));
  });

  const spinner = plainProgram({
    name: 'violated, and spinning',
    words: { x: 0, stop: 0 },
    cpus: [
      function* (cpu, at) {
        const x = yield* cpu.readOnce(at.x);
        yield* cpu.assert(x === 1, 'x is not 1 yet');
        for (;;) yield* cpu.fetchAdd(at.stop, 1);
      },
      function* (cpu, at) {
        yield* cpu.writeOnce(at.x, 1);
      },
    ],
  });

  it('says which violation it had met before a limit', () => {
    const limited = (): unknown => {
      try {
        return enumerate(spinner, { memory: 'sc', maxSteps: 20 });
      } catch (error) {
        return error;
      }
    };
    expect(limited()).toMatchObject({
      message: expect.stringContaining('by then it had met assertion: x is not 1 yet'),
      violated: { violation: { class: 'assertion' } },
    });
  });

  it('ends at the first violation where it is asked to', () => {
    const { isWhole, outcomes } = enumerate(spinner, { memory: 'sc', maxSteps: 20, untilViolation: true });
    expect(isWhole).toBe(false);
    expect(outcomes.filter(({ violation }) => violation !== null)).toHaveLength(1);
  });
});
