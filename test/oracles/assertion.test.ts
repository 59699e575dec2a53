import { describe, expect, it } from 'vitest';
import { Executor } from '../../src/explore/executor.js';
import { Random } from '../../src/explore/random.js';
import { findStrategy } from '../../src/explore/strategies/index.js';
import { Machine } from '../../src/machine/machine.js';
import type { Program } from '../../src/machine/program.js';
import { plainProgram } from '../../src/programs/plain-program.js';
import type { Violation } from '../../src/vocabulary/finding.js';

/** Violations of a plain program in `executions` random schedules. */
function violations(program: Program, executions: number, memory: 'tso' | 'sc' = 'tso'): Violation[] {
  const machine = new Machine(program, memory);
  const executor = new Executor(machine, { walks: 0 });
  const random = new Random();
  const strategy = findStrategy('random')!.create();
  const seen: Violation[] = [];
  for (let i = 0; i < executions; i++) {
    random.seed(1, 0, i);
    executor.run(strategy, random, 10);
    if (machine.violation !== null) seen.push(machine.violation);
  }
  return seen;
}

/** Two CPUs that each raise a flag and look at the other's: with fences at least one sees it. */
const dekker = (fences: boolean): Program =>
  plainProgram({
    name: fences ? 'dekker with fences' : 'dekker without fences',
    words: { x: 0, y: 0, sawX: 1, sawY: 1 },
    cpus: [
      function* (cpu, at) {
        yield* cpu.writeOnce(at.x, 1);
        if (fences) yield* cpu.smpMb();
        const saw = yield* cpu.readOnce(at.y);
        yield* cpu.poke(at.sawY, saw);
      },
      function* (cpu, at) {
        yield* cpu.writeOnce(at.y, 1);
        if (fences) yield* cpu.smpMb();
        const saw = yield* cpu.readOnce(at.x);
        yield* cpu.poke(at.sawX, saw);
      },
    ],
    final: (read, at) => read(at.sawX) + read(at.sawY) > 0 || 'both CPUs read 0',
  });

/** A counter without a lock, judged in the middle of the run. */
const counter = (locked: boolean): Program => {
  const add = function* (
    cpu: import('../../src/machine/cpu.js').Cpu,
    at: { readonly lock: number; readonly n: number },
  ) {
    if (locked) yield* cpu.spinLock(at.lock);
    const before = yield* cpu.readOnce(at.n);
    yield* cpu.writeOnce(at.n, before + 1);
    const after = yield* cpu.readOnce(at.n);
    yield* cpu.assert(after === before + 1, 'somebody else counted in between');
    if (locked) yield* cpu.spinUnlock(at.lock);
  };
  return plainProgram({
    name: 'counter',
    words: { lock: 0, n: 0 },
    cpus: [
      function* (cpu, at) {
        yield* add(cpu, at);
      },
      function* (cpu, at) {
        yield* add(cpu, at);
      },
    ],
  });
};

describe('assertion', () => {
  it('over the final memory: trips without fences under TSO, and never with fences or under SC', () => {
    const bad = violations(dekker(false), 300);
    expect(bad.length).toBeGreaterThan(10);
    expect(bad[0]).toMatchObject({ class: 'assertion', message: 'both CPUs read 0' });
    expect(violations(dekker(true), 300)).toEqual([]);
    expect(violations(dekker(false), 300, 'sc')).toEqual([]);
  });

  it('in the middle: trips where it stands', () => {
    const bad = violations(counter(false), 300, 'sc');
    expect(bad.length).toBeGreaterThan(10);
    expect(bad[0]).toMatchObject({ class: 'assertion', message: 'somebody else counted in between' });
    expect(violations(counter(true), 300)).toEqual([]);
  });
});
