import type { PairResult } from '../explore/pairs/pair-batch.js';
import type { HuntPool } from '../explore/pool.js';
import { COUNTERS } from '../oracles/counters.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import type { Counts } from './study.js';

/**
 * Counts of two kernels, execution by execution: the base's, the patch's that follows it, and the patch's
 * own.
 */
export interface PairedCounts {
  readonly base: string;
  readonly patch: string;
  readonly pairs: number;
  /** Pairs that are counted up to where one of the two went wrong. */
  readonly cut: number;
  /** Pairs in which the patch executed anything otherwise than the base. */
  readonly otherwise: number;
  /** By scenario, in the order of the request. */
  readonly samples: readonly PairedSample[];
}

export interface PairedSample {
  readonly scenario: string;
  readonly pairs: number;
  /** By pair: the base's counters, then the patch's, in the order of COUNTERS. */
  readonly counts: Float64Array;
  /** The same of the base's and of the patch's own execution. */
  readonly apart: Float64Array;
}

export interface PairsRequest {
  readonly base: string;
  readonly patch: string;
  readonly scenarios: readonly Scenario[];
  readonly strategies: readonly string[];
  readonly memory: MemoryModel;
  readonly seed: number;
  /** Pairs in all, dealt out to the scenarios in turn; undefined: as many as the time allows. */
  readonly count?: number;
  /** Time after which no further round begins; the first one is done however long it takes. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
  /** Called after each round with the pairs counted by then. */
  readonly onRound?: (pairs: number) => void;
}

/**
 * Pairs of each scenario in a round. Rounds are whole, so that scenarios weigh the same whenever the time is
 * over.
 */
const ROUND = 10;
/** As many pairs as a result holds where only time limits them. */
const PAIRS_MAX = 200_000;

/**
 * Counts pairs of executions: numbers 0, 1, 2, ... of each scenario, in rounds. What is counted depends on
 * the request and on the number of rounds alone, not on how many jobs the pool has.
 */
export async function countPairs(pool: HuntPool, request: PairsRequest): Promise<PairedCounts> {
  const { base, patch, scenarios, strategies, memory, seed, count, budgetMs, signal } = request;
  const began = performance.now();
  const lengthsOf = (variant: string): Promise<number[]> =>
    Promise.all(
      scenarios.map((scenario) =>
        pool.length({ variant, scenario, strategies, memory, seed, first: 0, count: 0 }),
      ),
    );
  const [lengths, patchLengths] = await Promise.all([lengthsOf(base), lengthsOf(patch)]);
  const limit = Math.min(count ?? PAIRS_MAX, PAIRS_MAX);
  const wanted = scenarios.map(
    (_, i) => Math.floor(limit / scenarios.length) + (i < limit % scenarios.length ? 1 : 0),
  );
  const results: PairResult[][] = scenarios.map(() => []);
  for (let first = 0; first < Math.max(...wanted); first += ROUND) {
    if (
      first > 0 &&
      (signal?.aborted === true || (budgetMs !== undefined && performance.now() - began >= budgetMs))
    )
      break;
    const round = scenarios.map(async (scenario, i) => {
      const pairs = Math.min(ROUND, wanted[i] - first);
      if (pairs <= 0) return;
      const sized = { first, count: pairs, length: lengths[i], patchLength: patchLengths[i] };
      results[i].push(await pool.pairs({ base, patch, scenario, strategies, memory, seed, ...sized }));
    });
    await Promise.all(round);
    request.onRound?.(results.flat().reduce((sum, { pairs }) => sum + pairs, 0));
  }
  const samples = scenarios.map(({ name }, i) => sampleOf(name, results[i]));
  const sum = (field: 'pairs' | 'cut' | 'otherwise'): number =>
    results.flat().reduce((total, result) => total + result[field], 0);
  return { base, patch, pairs: sum('pairs'), cut: sum('cut'), otherwise: sum('otherwise'), samples };
}

function sampleOf(scenario: string, results: readonly PairResult[]): PairedSample {
  const joined = (parts: readonly Float64Array[]): Float64Array => {
    const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  return {
    scenario,
    pairs: results.reduce((sum, { pairs }) => sum + pairs, 0),
    counts: joined(results.map(({ counts }) => counts)),
    apart: joined(results.map(({ apart }) => apart)),
  };
}

/** Those of the patch's own executions, in the place of those that follow. */
export function apartOf(counts: PairedCounts): PairedCounts {
  return { ...counts, samples: counts.samples.map((sample) => ({ ...sample, counts: sample.apart })) };
}

/** Counters of one side, summed over all pairs. */
export function totalsOf({ samples }: PairedCounts, side: 'base' | 'patch'): Counts {
  const from = side === 'base' ? 0 : COUNTERS.length;
  const totals = COUNTERS.map((name, index) => {
    let sum = 0;
    for (const { counts } of samples)
      for (let at = from + index; at < counts.length; at += 2 * COUNTERS.length) sum += counts[at];
    return [name, sum] as const;
  });
  return Object.fromEntries(totals) as Counts;
}
