import { describe, expect, it } from 'vitest';
import { executionOf, SHARDS_MAX } from '../../src/explore/shard.js';

describe('shards', () => {
  it.each([
    [1, 3],
    [2, 1],
    [3, 3],
    [4, 2],
    [5, 3],
  ])(
    '%i of them share the executions of %i strategies: each is of one shard, none is left out',
    (of, strategies) => {
      const each = 6 * strategies;
      const all: number[] = [];
      for (let index = 1; index <= of; index++) {
        const own = Array.from({ length: each }, (_, j) => executionOf(j, { index, of }, strategies));
        expect(own).toEqual([...own].sort((a, b) => a - b));
        // Every strategy as often as any other.
        for (let s = 0; s < strategies; s++)
          expect(own.filter((execution) => execution % strategies === s)).toHaveLength(6);
        all.push(...own);
      }
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: of * each }, (_, i) => i));
    },
  );

  it('one of one is the whole hunt', () => {
    for (const j of [0, 1, 7, 1e12]) {
      expect(executionOf(j, { index: 1, of: 1 }, 3)).toBe(j);
      expect(executionOf(j, undefined, 3)).toBe(j);
    }
  });

  it('keep exact numbers to the largest hunt', () => {
    const last = executionOf(1e12 - 1, { index: SHARDS_MAX, of: SHARDS_MAX }, 3);
    expect(Number.isSafeInteger(last)).toBe(true);
    expect(last).toBeGreaterThan(executionOf(1e12 - 2, { index: SHARDS_MAX, of: SHARDS_MAX }, 3));
  });
});
