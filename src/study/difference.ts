import jstat from 'jstat';
import { COUNTERS, type CounterName } from '../oracles/counters.js';
import { apartOf, type PairedCounts } from './paired-counts.js';

/**
 * The difference between two kernels in something counted per something else, and how sure it is: Student's t
 * over pairs, each of which is one execution of the base and the patch's that follows it.
 */

const { jStat } = jstat;

/** What is counted, per what, times what: `needlessSwitchFlushes` per `operations`, times 1000. */
export interface RateOf {
  readonly of: readonly CounterName[];
  readonly per: readonly CounterName[];
  readonly times: number;
}

export interface Difference {
  /** The rates of both; null where there is nothing to divide by. */
  readonly base: number | null;
  readonly patch: number | null;
  readonly difference: number | null;
  /** The interval of the difference; null where there are too few pairs for one. */
  readonly low: number | null;
  readonly high: number | null;
  /** Whether the patch has less or more of it; `none` where the interval spans 0, or where there is none. */
  readonly seen: 'less' | 'more' | 'none';
}

/** Both differences of a counter. */
export interface Differences extends Difference {
  /** Of separate executions: what each kernel's own hunts count, where every instruction takes a turn. */
  readonly apart: Difference;
}

/**
 * All intervals that are shown together hold at once with this confidence: each is taken at 1 - (1 -
 * CONFIDENCE) / comparisons (Bonferroni).
 */
export const CONFIDENCE = 0.95;
/** Fewer pairs say nothing: Student's t wants means that are nearly normal. */
export const PAIRS_MIN = 30;
/**
 * What is told is rounded to this many decimals, so that it is the same on machines whose logarithms differ
 * in the last bit.
 */
const DECIMALS = 4;

const UNKNOWN: Difference = {
  base: null,
  patch: null,
  difference: null,
  low: null,
  high: null,
  seen: 'none',
};

/** `comparisons`: how many intervals are shown beside each other, this one among them. */
export function differenceOf(
  counts: PairedCounts,
  { of, per, times }: RateOf,
  comparisons: number,
): Difference {
  const strata = counts.samples.map(({ counts: values, pairs }) => ({
    pairs,
    base: { of: column(values, pairs, 0, of), per: column(values, pairs, 0, per) },
    patch: { of: column(values, pairs, 1, of), per: column(values, pairs, 1, per) },
  }));
  const sum = (side: 'base' | 'patch', part: 'of' | 'per'): number =>
    strata.reduce((total, stratum) => total + stratum[side][part].reduce((a, b) => a + b, 0), 0);
  const [below, belowPatch] = [sum('base', 'per'), sum('patch', 'per')];
  if (below === 0 || belowPatch === 0) return UNKNOWN;
  const base = sum('base', 'of') / below;
  const patch = sum('patch', 'of') / belowPatch;
  const rates = {
    base: rounded(base * times),
    patch: rounded(patch * times),
    difference: rounded((patch - base) * times),
  };
  const n = counts.pairs;
  if (n < PAIRS_MIN) return { ...rates, low: null, high: null, seen: 'none' };
  // A ratio of sums, linearised: how far each pair moves it. Pairs of one scenario are alike, so they are
  // spread about their own mean.
  const moved = strata.map(({ pairs, base: b, patch: p }) =>
    Array.from(
      { length: pairs },
      (_, i) => ((p.of[i] - patch * p.per[i]) / belowPatch - (b.of[i] - base * b.per[i]) / below) * n * times,
    ),
  );
  const error = standardError(moved, n);
  const quantile = jStat.studentt.inv(
    1 - (1 - CONFIDENCE) / (2 * comparisons),
    Math.max(1, n - moved.length),
  );
  const [low, high] = [
    rounded((patch - base) * times - quantile * error),
    rounded((patch - base) * times + quantile * error),
  ];
  return { ...rates, low, high, seen: high < 0 ? 'less' : low > 0 ? 'more' : 'none' };
}

/**
 * The difference of pairs, and that of the same kernels' separate executions; both are among `comparisons`.
 */
export function differencesOf(counts: PairedCounts, rate: RateOf, comparisons: number): Differences {
  return {
    ...differenceOf(counts, rate, comparisons),
    apart: differenceOf(apartOf(counts), rate, comparisons),
  };
}

/** By pair: the sum of some counters of its base (side 0) or patch (side 1). */
function column(values: Float64Array, pairs: number, side: 0 | 1, names: readonly CounterName[]): number[] {
  const indices = names.map((name) => side * COUNTERS.length + COUNTERS.indexOf(name));
  const width = 2 * COUNTERS.length;
  return Array.from({ length: pairs }, (_, i) =>
    indices.reduce((sum, index) => sum + values[i * width + index], 0),
  );
}

/**
 * Of the mean over all pairs, stratified by scenario; over all of them together where a scenario has but one.
 */
function standardError(moved: readonly (readonly number[])[], n: number): number {
  if (moved.some(({ length }) => length < 2)) return Math.sqrt(jStat.variance(moved.flat(), true) / n);
  return Math.sqrt(moved.reduce((sum, values) => sum + values.length * jStat.variance(values, true), 0)) / n;
}

export function rounded(value: number): number {
  const result = Number(value.toFixed(DECIMALS));
  return result === 0 ? 0 : result;
}
