/**
 * What a search has reached: pairs of accesses, one after the other, of two CPUs to one word. They saturate:
 * executions that bring no new ones do again what has been done. With each comes the schedule that brought
 * it first.
 */

/** An execution of a batch, and the pairs that were first met in it. */
export interface Reaching {
  readonly execution: number;
  readonly strategy: string;
  readonly schedule: readonly number[];
  readonly pairs: readonly number[];
}

/** Pairs of a scenario, each a number that is the same as long as the code is; see pair-touches.ts. */
export interface ReachedPairs {
  readonly scenario: string;
  readonly pairs: readonly number[];
}

/** An execution that reached something first. */
export interface KeptSchedule {
  readonly scenario: string;
  readonly strategy: string;
  readonly seed: number;
  readonly execution: number;
  /** How many pairs it was the first to reach. */
  readonly pairs: number;
  /** As findings have it. */
  readonly schedule: readonly string[];
}

/** What was reached first in one hunt. */
export interface Reached {
  readonly scenarios: readonly ReachedPairs[];
  readonly schedules: readonly KeptSchedule[];
}

/** What is known when a hunt begins, and how many schedules more are to be kept. */
export interface ReachedBefore {
  readonly scenarios: readonly ReachedPairs[];
  readonly schedulesLeft: number;
}

/** Of a campaign of batches. */
export interface Coverage {
  readonly pairs: number;
  /** Of them, those that the last batch reached first. */
  readonly added: number;
  readonly schedules: number;
}
