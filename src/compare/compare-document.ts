import type { Verdict } from '../explore/api.js';
import type { MetViolation } from '../explore/known.js';
import { restsOn } from '../report/rests-on.js';
import { CONFIDENCE, type Differences } from '../study/difference.js';
import { OPERATIONS } from './compared-counters.js';
import { type Comparison, changedNothing, type KnownWitnessOf } from './comparison.js';

/** `compare --json`. */
export interface CompareDocument {
  readonly format: 'shootdown-compare';
  readonly version: 1;
  /** Version of shootdown. */
  readonly shootdown: string;
  /** Names of the variants. */
  readonly base: string;
  readonly patch: string;
  /** Ended by Ctrl-C; what had not begun is missing. */
  readonly interrupted: boolean;
  /** The patch has a violation that the base has not. */
  readonly isNew: boolean;
  /**
   * The base's, then the patch's, as `hunt --json` has them; the patch's `base` says whether the base has its
   * violation too.
   */
  readonly verdicts: readonly ComparedVerdict[];
  /** Kinds of violation that both have, and those that only the base's hunt met. */
  readonly shared: readonly MetViolation[];
  readonly gone: readonly MetViolation[];
  /** By name (docs/studies.md): rates per `per` client operations, their difference, its interval. */
  readonly counters: Readonly<Record<string, Differences>>;
  readonly per: number;
  /** Pairs in which the patch executed anything otherwise than the base, and whether there was none. */
  readonly otherwise: number;
  readonly changedNothing: boolean;
  /** Pairs of executions that the counters come from; all intervals hold together with this confidence. */
  readonly pairs: number;
  readonly confidence: number;
}

/** A verdict as `hunt --json` has it, and the witness that travels with the package, if one is known. */
export type ComparedVerdict = Verdict & {
  readonly restsOn: readonly string[];
  readonly witness: KnownWitnessOf | null;
};

export function compareDocument(
  shootdown: string,
  comparison: Comparison,
  notes: readonly string[],
): CompareDocument {
  const { base, patch, outcomes, interrupted, isNew, shared, gone, counters, pairs, otherwise } = comparison;
  const verdicts = outcomes.map(({ verdict, witness }) => ({
    ...verdict,
    restsOn: restsOn(verdict, notes),
    witness,
  }));
  return {
    ...{ format: 'shootdown-compare', version: 1, shootdown },
    ...{ base, patch, interrupted, isNew, verdicts, shared, gone },
    ...{
      counters,
      per: OPERATIONS,
      pairs,
      otherwise,
      changedNothing: changedNothing(comparison),
      confidence: CONFIDENCE,
    },
  };
}
