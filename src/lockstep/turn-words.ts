/** The words that the threads of a lockstep run share besides the machine's memory. */

import { PROGRESS_WORDS } from './progress.js';

/** Whose turn it is: CPU + 1; 0 before the run, DONE after it. */
export const TURN = 0;
export const DONE = -1;
/** Next decision of the schedule. */
export const NEXT = 1;
/** How often the turn was passed. */
export const TURNS = 2;
/** CPUs that stand before their first operation. */
export const STARTED = 3;
/** See progress.ts. */
export const PROGRESS = 8;
/** Events of call-function descriptors, in order: [step, cpu, kind, csd] each; EVENT_COUNT of them. */
export const EVENT_COUNT = PROGRESS + PROGRESS_WORDS;
export const EVENTS = EVENT_COUNT + 1;
export const EVENT_WORDS = 4;

/**
 * Words for a run of `decisions` decisions: a step has at most three such events, where a variant's flush
 * takes no step of its own.
 */
export function lockstepWords(decisions: number): number {
  return EVENTS + EVENT_WORDS * 3 * (decisions + 1);
}
