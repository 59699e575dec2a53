/** What making a finding smaller may take: apart, for the command line has it in its help. */

export interface MinimiseLimits {
  /** Executions that leaving out and hunting again may take. */
  readonly executions: number;
  /** States of all executions that are searched for the shortest; 0: none is. */
  readonly states: number;
}

export const MINIMISE_LIMITS: MinimiseLimits = { executions: 20_000, states: 300_000 };
