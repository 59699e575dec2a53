import { describe, expect, it } from 'vitest';
import { enumerate } from '../../src/explore/enumerate.js';
import { waitUntil } from '../../src/machine/wait-until.js';
import { ProgramError } from '../../src/programs/plain-cpu.js';
import { type PlainScript, plainProgram } from '../../src/programs/plain-program.js';
import type { MemoryModel } from '../../src/vocabulary/violation.js';
import { personally, waitingWords } from '../../src/vocabulary/violation-facts.js';
import { Drive } from './drive.js';

const words = { a: 1, b: 1, passed: 0 } as const;
type Script = PlainScript<typeof words, Record<never, never>>;
const waits = (isEnough: (a: number, b: number) => boolean): Script =>
  function* (cpu, at) {
    yield* waitUntil(cpu, [at.a, at.b], isEnough);
    yield* cpu.writeOnce(at.passed, 1);
  };
/** Clears b for good, and a for a moment. */
const clears: Script = function* (cpu, at) {
  yield* cpu.xchg(at.b, 0);
  yield* cpu.xchg(at.a, 0);
  yield* cpu.xchg(at.a, 1);
};
const either = plainProgram({ name: 'either', words, cpus: [waits((a, b) => a === 0 || b === 0), clears] });
const both = plainProgram({ name: 'both', words, cpus: [waits((a, b) => a === 0 && b === 0), clears] });

/** Messages of violations; null: an execution that ends well. */
function endings(program: typeof either, memory: MemoryModel): (string | null)[] {
  const { outcomes } = enumerate(program, { memory });
  return [...new Set(outcomes.map(({ violation }) => violation?.message ?? null))].sort();
}

describe('waitUntil', () => {
  it('ends in every execution in which one of the words stays as it is waited for', () => {
    for (const memory of ['sc', 'tso'] as const) expect(endings(either, memory)).toEqual([null]);
  });

  it('waits for ever for what only some executions have for a moment, and for which words is told', () => {
    // It gets through where it reads in the moment.
    expect(endings(both, 'sc')).toEqual([
      'nobody can move: CPU0 waits for a (is 1) or b (is 0), interrupts on',
      null,
    ]);
  });

  it('cannot move while the words are what it has read, and can after any of them changed', () => {
    const drive = new Drive(either, 'sc');
    drive.run(0, 2);
    expect(drive.canRun(0)).toBe(false);
    const [standing] = drive.machine.waits.unfinished();
    expect(waitingWords(standing, personally(either.layout))).toBe(
      'CPU0 waits for a (is 1) or b (is 1), interrupts on',
    );
    drive.run(1);
    expect(drive.canRun(0)).toBe(true);
    // The wait, and both reads again.
    drive.run(0, 3);
    drive.run(0);
    expect(drive.machine.mem[either.at.passed]).toBe(1);
  });

  it('goes back to its own words after a handler that waited for others', () => {
    const program = plainProgram({
      name: 'handler-waits',
      words: { a: 0, b: 0, x: 0, y: 0 },
      cpus: [
        function* (cpu, at) {
          yield* waitUntil(cpu, [at.a, at.b], (a, b) => a + b > 0);
        },
        function* (cpu) {
          yield* cpu.sendIpi(0);
        },
        function* (cpu, at) {
          yield* cpu.xchg(at.y, 1);
          yield* cpu.xchg(at.b, 1);
        },
      ],
      interrupt: function* (cpu, at) {
        yield* waitUntil(cpu, [at.x, at.y], (x, y) => x + y > 0);
        yield* cpu.iret();
      },
    });
    const drive = new Drive(program, 'sc');
    drive.run(0, 2);
    drive.run(1);
    drive.deliver(0);
    drive.run(0, 2);
    expect(drive.canRun(0)).toBe(false);
    drive.run(2);
    drive.runAll(0);
    expect(drive.machine.waits.unfinished()[0].waits.map(({ word }) => word)).toEqual([
      program.at.a,
      program.at.b,
    ]);
    drive.run(2);
    drive.runAll(0);
    expect(drive.machine.cpus[0].finished).toBe(true);
  });

  it.each([
    ['of no words', [], []],
    ['with fewer values than words', ['a', 'b'], [1]],
    ['of a word that there is not', ['a', 'nothing'], [1, 1]],
    ['with what is no integer', ['a', 'b'], [1, Number.NaN]],
  ] as const)('waitForChange %s is a mistake', (_, names, seen) => {
    const program = plainProgram({
      name: 'mistaken',
      words,
      cpus: [
        function* (cpu, at) {
          const addresses = names.map((name) => (at as Readonly<Record<string, number>>)[name]);
          yield* cpu.waitForChange(addresses, seen);
        },
      ],
    });
    const run = (): void => {
      const drive = new Drive(program);
      drive.runAll(0);
    };
    expect(run).toThrow(ProgramError);
    expect(run).toThrow('CPU0: waitForChange ');
  });
});
