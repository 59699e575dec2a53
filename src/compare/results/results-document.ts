import { CONFIDENCE_OF_BOTH, type CounterPair, type ResultComparison } from './between.js';
import type { ResultVerdict } from './result-file.js';

/** `compare A.json B.json --json`: as `compare --json`, of two files. */
export interface ResultsDocument {
  readonly format: 'shootdown-compare-results';
  readonly version: 1;
  readonly shootdown: string;
  /** The files. */
  readonly base: string;
  readonly patch: string;
  readonly isNew: boolean;
  /** Verdicts beside each other. */
  readonly verdicts: readonly VerdictsBeside[];
  readonly onlyBase: readonly string[];
  readonly onlyPatch: readonly string[];
  /**
   * By name, in studies by variant and column: what each file tells as the difference to its own base, the
   * difference of the two, and its interval; null where a file has none, or where the bases are others.
   */
  readonly counters: Readonly<Record<string, CounterBeside>>;
  readonly confidence: number;
}

export interface VerdictsBeside {
  readonly base: ResultVerdict;
  readonly patch: ResultVerdict;
  readonly isChanged: boolean;
  readonly isNew: boolean;
}

export interface CounterBeside {
  readonly base: number | null;
  readonly patch: number | null;
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly seen: CounterPair['seen'];
}

export function resultsDocument(shootdown: string, comparison: ResultComparison): ResultsDocument {
  const { base, patch, verdicts, onlyBase, onlyPatch, counters, isNew } = comparison;
  const beside = counters.map(({ key, base: before, patch: after, difference, low, high, seen }) => [
    key,
    { base: before.difference, patch: after.difference, difference, low, high, seen },
  ]);
  return {
    ...{ format: 'shootdown-compare-results', version: 1, shootdown },
    ...{ base: base.file, patch: patch.file, isNew, verdicts, onlyBase, onlyPatch },
    ...{
      counters: Object.fromEntries(beside) as Record<string, CounterBeside>,
      confidence: CONFIDENCE_OF_BOTH,
    },
  };
}
