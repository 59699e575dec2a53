/** What making a finding smaller may take: apart, for the command line has it in its help. */

export interface MinimiseLimits {
  /** Executions that leaving out and hunting again may take. */
  readonly executions: number;
  /** States of all executions that are searched for the shortest; 0: none is. */
  readonly states: number;
}

/** How far it is: leaving out, in executions, or the search of all executions of what is left, in states. */
export interface MinimiseProgress {
  readonly stage: 'executions' | 'states';
  readonly done: number;
}

export const MINIMISE_LIMITS: MinimiseLimits = { executions: 20_000, states: 300_000 };
