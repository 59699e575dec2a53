import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/compare/comparison.js';
import { counterCells, savingWords } from '../../src/compare/comparison-words.js';
import type { Difference, Differences } from '../../src/study/difference.js';

/** What a comparison says of its counters. */

function differs(base: number, difference: number, half: number): Difference {
  const [low, high] = [difference - half, difference + half];
  const seen = high < 0 ? 'less' : low > 0 ? 'more' : 'none';
  return { base, patch: base + difference, difference, low, high, seen };
}

const both = (pairs: Difference, apart: Difference): Differences => ({ ...pairs, apart });

describe('what is saved', () => {
  it('is told by both ways of counting, and apart from what they disagree on', () => {
    const counters = {
      fullFlushes: both(differs(705, -2.2, 1.4), differs(705, 22, 15)),
      switchFlushes: both(differs(1297, -18, 4), differs(1297, 3, 9)),
      ipis: both(differs(869, 0, 1), differs(869, 0, 12)),
    };
    const words = savingWords({ counters, pairs: 100 } as unknown as Comparison);
    expect(words).toHaveLength(3);
    expect(words[0]).toMatch(/^Less: flushes at a switch -1 %, apart none seen\.$/);
    expect(words[1]).toMatch(
      /^Less or more, by how long instructions take: full flushes -0\.3 %, apart \+3 %\.$/,
    );
    expect(words[2]).toMatch(/^No difference seen: IPIs\.$/);
  });

  it('never tells a difference that is seen as 0', () => {
    const [, , , pairs] = counterCells('x', both(differs(705, -2.2, 1.4), differs(705, 0, 1)));
    expect(pairs).toBe('-2.2 ±1.4 (-0.3 %)');
  });
});
