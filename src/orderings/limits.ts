/** In how many executions orderings are tried: apart, for the command line has it in its help. */

export interface SufficientLimits {
  /** Forced executions that have to come to the violation, each time that orderings are tried. */
  readonly perTrial: number;
  /** The same for the set in the end, and at most for an execution without the violation. */
  readonly executions: number;
}

export const ORDERING_LIMITS: SufficientLimits = { perTrial: 100, executions: 1_000 };
