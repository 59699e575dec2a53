import type { MachineObserver } from '../machine/observer.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import type { Explanation } from './explanation.js';
import type { Names } from './names.js';
import type { RawStep } from './raw-step.js';
import type { EventLog } from './recording-board.js';
import type { Site } from './site.js';

/**
 * How executions of one kind of program are watched and told: of the simulated kernel, or of any other
 * program.
 */
export interface Teller {
  readonly names: Names;
  /** Watches the machine, and keeps what the program says. */
  readonly log: MachineObserver & EventLog;
  /** Where the pending operation is written. Slow; it counts its callers, so that it is called as it is. */
  readonly site: () => Site;
  /** A step has been taken: names may depend on what happened. */
  noteStep(step: RawStep): void;
  /** What a step did, on one line. */
  describe(step: RawStep, isBuffered: boolean): string;
  /** What there is to say of how a CPU stands, beside its hardware: `loaded_mm B`, `lazy`. */
  notes(cpu: number): string[];
  /**
   * The machine stands where the execution ended; `judged`: the words that an assertion over the final memory
   * looked at, in order.
   */
  explain(steps: readonly RawStep[], violation: JudgedViolation, judged: readonly number[]): Explanation;
}
