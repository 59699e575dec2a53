import type { Cause } from './cause.js';
import type { Circumstance } from './circumstance.js';

/** Which steps of an execution decided its outcome, and the outcome in a sentence. */
export interface Explanation {
  /** By step index: why it decides. */
  readonly deciding: ReadonlyMap<number, string>;
  readonly sentence: string;
  /** What went wrong, the same for every execution that goes wrong in this way; see cause.ts. */
  readonly cause: Cause;
  /** Where in the protocol a CPU stood then, where that tells bugs of one cause apart; see circumstance.ts. */
  readonly circumstance: Circumstance | null;
  /** The deciding step that the cause speaks of, or null. */
  readonly causeStep: number | null;
}
