import type { Violation } from '../vocabulary/violation.js';

/** What a replay on threads saw, and whether it is what explore sees for the same schedule. */
export interface LockstepResult {
  readonly threads: number;
  /** Same trace hash, same memory, same violation at the same step as the replay on one thread. */
  readonly agrees: boolean;
  /** Why not; null if it agrees. */
  readonly reason: string | null;
  readonly violation: Violation | null;
  readonly steps: number;
  readonly traceHash: string;
  /** How often the turn went from one thread to another. */
  readonly turns: number;
}
