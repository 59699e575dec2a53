import { COUNTERS, type CounterName } from '../../src/oracles/counters.js';
import type { PairedCounts } from '../../src/study/paired-counts.js';

type Counted = Partial<Record<CounterName, number>>;

/** Pairs of one scenario that counted what `of` says of each. */
export function pairsOf(
  pairs: number,
  of: (pair: number) => readonly [base: Counted, patch: Counted],
): PairedCounts {
  const counts = new Float64Array(pairs * 2 * COUNTERS.length);
  for (let i = 0; i < pairs; i++)
    for (const [side, counted] of of(i).entries())
      for (const [name, value] of Object.entries(counted))
        counts[(2 * i + side) * COUNTERS.length + COUNTERS.indexOf(name as CounterName)] = value;
  return {
    base: 'base',
    patch: 'patch',
    pairs,
    cut: 0,
    otherwise: pairs,
    samples: [{ scenario: 's', pairs, counts, apart: counts }],
  };
}
