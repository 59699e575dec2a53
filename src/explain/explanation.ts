import type { Cause } from './cause.js';
import type { Circumstance } from './circumstance.js';

/** Which steps of an execution decided its outcome, and the outcome in a sentence. */
export interface Explanation {
  /** By step index: why it decides. */
  readonly deciding: ReadonlyMap<number, string>;
  readonly sentence: string;
  /** What went wrong, the same for every execution that goes wrong in this way; see cause.ts. */
  readonly cause: Cause;
  /**
   * The coarser cause in whose words files of 0.1.0 know it; null, or the cause itself, where there is none.
   */
  readonly former: Cause | null;
  /**
   * Where in the protocol a CPU stood then, where that tells bugs of one cause apart; see circumstance.ts.
   */
  readonly circumstance: Circumstance | null;
  /** The deciding step that the cause speaks of, or null. */
  readonly causeStep: number | null;
  /** The steps that the sentence speaks of. */
  readonly told: readonly number[];
}
