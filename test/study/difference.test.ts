import { describe, expect, it } from 'vitest';
import { Random } from '../../src/explore/random.js';
import { differenceOf, PAIRS_MIN } from '../../src/study/difference.js';
import { differenceText } from '../../src/study/difference-text.js';
import { pairsOf } from './pairs.js';

const RATE = { of: ['fullFlushes'], per: ['operations'], times: 1 } as const;

/** Pairs whose difference is a whole number around `mean`, drawn anew for each seed. */
function drawn(seed: number, pairs: number, mean: number) {
  const random = new Random();
  random.seed(seed, 0, 0);
  return pairsOf(pairs, () => {
    const base = random.below(20);
    const moved = random.below(5) - 2 + (random.below(1000) < mean * 1000 ? 1 : 0);
    return [
      { operations: 1, fullFlushes: base },
      { operations: 1, fullFlushes: base + moved },
    ];
  });
}

describe('the interval of a difference', () => {
  it('misses a difference that is not there about once in twenty', () => {
    const missed = Array.from({ length: 400 }, (_, seed) => differenceOf(drawn(seed, 60, 0), RATE, 1)).filter(
      ({ seen }) => seen !== 'none',
    );
    expect(missed.length).toBeGreaterThan(8);
    expect(missed.length).toBeLessThan(34);
  });

  it('is wide enough for all that are shown together', () => {
    const missed = Array.from({ length: 400 }, (_, seed) =>
      differenceOf(drawn(seed, 60, 0), RATE, 200),
    ).filter(({ seen }) => seen !== 'none');
    expect(missed.length).toBeLessThanOrEqual(1);
  });

  it('sees one that is there, and says which way', () => {
    expect(differenceOf(drawn(1, 600, 0.5), RATE, 20)).toMatchObject({ seen: 'more' });
    const less = differenceOf(
      pairsOf(40, (i) => [
        { operations: 2, fullFlushes: 3 },
        { operations: 2, fullFlushes: i % 2 },
      ]),
      RATE,
      1,
    );
    expect(less).toMatchObject({ base: 1.5, patch: 0.25, difference: -1.25, seen: 'less' });
    // Student's t with 39 degrees of freedom: 2.0227; a deviation of 0.2532 in 40 pairs.
    expect(less.high).toBeCloseTo(-1.25 + (2.0227 * 0.2532) / Math.sqrt(40), 3);
    expect(differenceText(less)).toBe('-1.250 ±0.081');
  });

  it('says nothing of too few pairs, and nothing of what cannot be divided', () => {
    const few = differenceOf(
      pairsOf(PAIRS_MIN - 1, () => [{ operations: 1 }, { operations: 1, fullFlushes: 9 }]),
      RATE,
      1,
    );
    expect(few).toMatchObject({ difference: 9, low: null, high: null, seen: 'none' });
    expect(differenceText(few)).toBe('too few');
    expect(
      differenceOf(
        pairsOf(50, () => [{}, {}]),
        RATE,
        1,
      ),
    ).toMatchObject({ base: null, difference: null, seen: 'none' });
  });

  it('is exactly nothing where both count the same', () => {
    const same = differenceOf(
      pairsOf(50, (i) => [
        { operations: 1, fullFlushes: i },
        { operations: 1, fullFlushes: i },
      ]),
      RATE,
      1,
    );
    expect(same).toMatchObject({ difference: 0, low: 0, high: 0, seen: 'none' });
  });
});
