/** In how many executions orderings are tried: apart, for the command line has it in its help. */

export interface SufficientLimits {
  /** Forced executions that have to come to the violation, each time that orderings are tried. */
  readonly perTrial: number;
  /** The same for the set in the end, and at most for an execution without the violation. */
  readonly executions: number;
  /**
   * Steps that all of them together may take: fewer orderings are looked for in three quarters of them. A
   * number of steps, for the same file gives the same orderings on every computer.
   */
  readonly steps: number;
}

/** States of all executions that keep what was found; beyond, it stays a sample. */
export const STATES_MAX = 100_000;

export const ORDERING_LIMITS: SufficientLimits = { perTrial: 100, executions: 1_000, steps: 10_000_000 };
