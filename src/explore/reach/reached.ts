import type { CodeReport } from '../effect/code.js';
import type { RanSites } from '../effect/ran.js';

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

/** Sites of users' files that ran in a scenario; see effect/ran.ts. */
export interface RanIn extends RanSites {
  readonly scenario: string;
}

/** What was reached first in one hunt. */
export interface Reached {
  readonly scenarios: readonly ReachedPairs[];
  readonly schedules: readonly KeptSchedule[];
  /** Of users' code; absent: nothing ran first. */
  readonly ran?: readonly RanIn[];
  /** Of users' code: what ran by its end, in hunts before it too. */
  readonly code?: readonly CodeReport[];
}

/** What is known when a hunt begins, and how many schedules more are to be kept. */
export interface ReachedBefore {
  readonly scenarios: readonly ReachedPairs[];
  readonly schedulesLeft: number;
  readonly ran?: readonly RanIn[];
}

/** Of a campaign of batches. */
export interface Coverage {
  readonly pairs: number;
  /** Of them, those that the last batch reached first. */
  readonly added: number;
  readonly schedules: number;
}
