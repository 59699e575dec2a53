import type { Machine } from '../machine/machine.js';

/** What `pick` answers when nothing more is decided. */
export const STOP = -1;

/**
 * All in which two executions of one program can differ: who moves next, and what `choose` is answered.
 * Strategies, recorded schedules, the fair continuation, a simplified candidate and the paths of an
 * enumeration are deciders; none of them runs a loop of its own.
 */
export interface Decider {
  /**
   * The agent that moves next: one that can. STOP: nothing more is decided, and what the execution has come
   * to is judged.
   */
  pick(machine: Machine): number;
  /** The answer to a recorded `choose(n)`: 0 to n - 1. It is asked while an agent moves. */
  choose(n: number): number;
}
