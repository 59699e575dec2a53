import { describe, expect, it } from 'vitest';
import type { PlainProgram } from '../../src/programs/plain-program.js';
import type * as Compare from './compare.js';
import { evaluateLowered, projectFile } from './lowered.js';
import { randomPrograms } from './random-source.js';

type Module = typeof Compare & { readonly programs: readonly PlainProgram[] };

const text = (first: number, count: number): string =>
  'export * from ' +
  `${JSON.stringify(projectFile('test/verify/compare.ts'))};\n${randomPrograms(first, count, projectFile('src/programs/plain-program.ts'))}`;

/**
 * Some dozens of programs of about a dozen operations; `npx tsx bench/verify/random.ts` does as many as are
 * asked for.
 */
const COUNT = 60;
/** Enough that each fault shows in one of them. */
const COUNT_FAULTY = 240;

describe('random programs', () => {
  it('end in the same ways by the search and by brute force, under both memory models', {
    timeout: 180_000,
  }, async () => {
    const { programs, compareEnds } = await evaluateLowered<Module>(text(1, COUNT));
    let ends = 0;
    let compared = 0;
    for (const program of programs) {
      for (const memory of ['sc', 'tso'] as const) {
        const result = compareEnds(program, memory);
        if (result === null) continue;
        compared++;
        ends += result.ends;
        expect({ program: program.name, memory, different: result.different }).toEqual({
          program: program.name,
          memory,
          different: [],
        });
      }
    }
    expect(compared).toBeGreaterThan(COUNT);
    expect(ends).toBeGreaterThan(2 * compared);
  });

  it.each([
    ['live variables are forgotten', { file: 'entry.ts', text: /,\[[^\]]*\]\)/g, by: ',[])' }],
    ['one live variable is forgotten', { file: 'entry.ts', text: /\[a,at/g, by: '[at' }],
    [
      'a variable that a function within changes is not read anew',
      { file: 'entry.ts', text: /shootdownFrames\.cell\(\(\)=>(\w+)\)/g, by: '$1' },
    ],
    [
      'what an expression keeps is forgotten',
      { file: 'entry.ts', text: /(?<=shootdownDepth,\d+,\[[^\]]*)shootdownKept\d+/g, by: '0' },
    ],
    [
      'the place in a list is forgotten',
      { file: 'entry.ts', text: /(?<=shootdownDepth,\d+,\[[^\]]*)shootdownPlace\d+/g, by: '0' },
    ],
    [
      'a locked operation does not drain',
      { file: 'verify/step.ts', text: 'this.buffer.drainAll(mem);\n        return', by: 'return' },
    ],
    [
      'a handler runs with interrupts on',
      { file: 'verify/step.ts', text: '& ~C.FLAG_IF;\n    if (isNmi)', by: ';\n    if (isNmi)' },
    ],
    [
      'a load passes the own store',
      { file: 'verify/step.ts', text: 'return at < 0 ? this', by: 'return at < 99 ? this' },
    ],
    [
      'a second answer of choose is not tried',
      { file: 'verify/choices.ts', text: '++this.values[last] <', by: 'false && this.values[last] <' },
    ],
    [
      'rows are compared by their hash',
      { file: 'verify/row-table.ts', text: 'if (i === width) return id', by: 'return id' },
    ],
    [
      'a wait is never over',
      {
        file: 'verify/step.ts',
        text: 'kind === K.OP_SPIN_LOCK) return value !== 0',
        by: 'kind === K.OP_SPIN_LOCK) return true',
      },
    ],
  ])('end differently where %s', { timeout: 120_000 }, async (_, fault) => {
    const { programs, compareEnds } = await evaluateLowered<Module>(text(1, COUNT_FAULTY), fault);
    const different = programs.some((program) => {
      try {
        return (compareEnds(program, 'tso')?.different.length ?? 0) > 0;
      } catch {
        // The engine tripped over the fault.
        return true;
      }
    });
    expect(different).toBe(true);
  });

  it('go the same way step by step on the machine and on numbers', { timeout: 60_000 }, async () => {
    const { programs, compareSteps } = await evaluateLowered<Module>(text(1, COUNT));
    let steps = 0;
    for (const program of programs) {
      for (const memory of ['sc', 'tso'] as const) {
        const result = compareSteps(program, memory, 4);
        expect(result.different).toBe(null);
        steps += result.steps;
      }
    }
    expect(steps).toBeGreaterThan(20 * COUNT);
  });
});
