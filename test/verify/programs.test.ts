import { beforeAll, describe, expect, it } from 'vitest';
import type * as Examples from './example-entry.js';
import { evaluateLowered, projectFile } from './lowered.js';

let examples: typeof Examples;

beforeAll(async () => {
  examples = await evaluateLowered(
    `export * from ${JSON.stringify(projectFile('test/verify/example-entry.ts'))};`,
  );
}, 60_000);

/**
 * States, transitions and steps to the shortest violation (null: none) of the peers' programs; SPIN's and
 * TLC's verdicts are the same.
 */
describe("the peers' programs", () => {
  it.each([
    ['P2', 'sc', null],
    ['P2', 'tso', 8],
    ['P2 with fence', 'tso', null],
    ['P4', 'sc', null],
    ['P4', 'tso', null],
    ['P4b', 'sc', 49],
    ['P4b', 'tso', 55],
  ] as const)('%s under %s', (name, memory, steps) => {
    const { schedule, complete } = examples.search(name, memory);
    expect({ steps: schedule?.length ?? null, complete }).toEqual({ steps, complete: steps === null });
  });

  it('P3 3x3 has the states that TLC counts', () => {
    expect(examples.search('P3 3x3', 'sc')).toMatchObject({
      states: 7646,
      transitions: 18_843,
      complete: true,
    });
  });
});

describe('the examples, step by step on the machine and on numbers', () => {
  it('go the same way', { timeout: 120_000 }, () => {
    for (const memory of ['sc', 'tso'] as const) {
      const { steps, different } = examples.compareExamples(memory, 20);
      expect(different).toEqual([]);
      expect(steps).toBeGreaterThan(5_000);
    }
  });
});

describe('an end that comes early', () => {
  it('of memory: says how far it came', () => {
    const result = examples.search('P4', 'tso', { memoryBytes: 2 ** 20 });
    expect(result).toMatchObject({ complete: false, ended: 'memory', schedule: null });
    expect(result.expanded).toBeGreaterThan(100);
    expect(result.peakMemoryBytes).toBeLessThanOrEqual(2 ** 20);
  });

  it('of time', () => {
    expect(examples.search('P4', 'tso', { isOver: () => true })).toMatchObject({
      complete: false,
      ended: 'time',
      schedule: null,
    });
  });
});
