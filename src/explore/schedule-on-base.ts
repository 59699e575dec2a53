import type { ViolationClass } from '../vocabulary/violation.js';

/** What came of a finding's schedule on the base. */
export interface ScheduleOnBase {
  /** Decisions of the schedule, and how many the base could take before the first that did not fit. */
  readonly decisions: number;
  readonly fitted: number;
  /** Class and cause of what came of it, or null. */
  readonly violation: ViolationClass | null;
  readonly cause: string | null;
  /** It is the finding's violation: the same class by the same cause. */
  readonly isSame: boolean;
}

/** Whether a violation is the variant's own, or also one of what it was made from. */
export interface BaseCheck {
  /** Name of the base. */
  readonly variant: string;
  /** The base was seen to have it too: the same class by the same cause in the same scenario. */
  readonly hasIt: boolean;
  /** The finding's cause, in words that every witness of the bug shares. */
  readonly cause: string;
  readonly schedule: ScheduleOnBase;
  /**
   * Executions of the base in that scenario, with the same seed; 0 where the schedule had shown it already.
   */
  readonly executions: number;
  /** Number of the execution that showed it, or null. */
  readonly execution: number | null;
  /** Ctrl-C came first, so that `hasIt: false` says less. */
  readonly interrupted: boolean;
}
