import type { MemoryModel, Violation } from '../machine/violation.js';
import type { Scenario } from '../scenarios/scenario.js';

/**
 * A finding: one witness, as a small versioned JSON file. It carries everything that a replay needs (the scenario whole, the schedule
 * whole) and nothing that depends on the machine that found it, so the same hunt writes the same bytes everywhere.
 */

export {
  HARM_CLASSES,
  type HarmClass,
  LATENT_CLASSES,
  type LatentClass,
  type MemoryModel,
  type Violation,
  type ViolationClass,
} from '../machine/violation.js';

export const FINDING_FORMAT = 'shootdown-finding';
export const FINDING_VERSION = 1;

export interface Finding {
  readonly format: typeof FINDING_FORMAT;
  readonly version: typeof FINDING_VERSION;
  /** Version of shootdown that wrote the file; a replay under another version may differ and says so. */
  readonly shootdown: string;
  readonly variant: string;
  readonly scenario: Scenario;
  readonly memory: MemoryModel;
  readonly strategy: string;
  readonly seed: number;
  /** Index of the execution within (seed, scenario); execution i is a pure function of (version, seed, i). */
  readonly execution: number;
  /**
   * The decisions in order, run-length coded: `0*12` CPU 0 twelve times, `1b` CPU 1's store buffer, `1i` its interrupt line, `1w` its page
   * walker, `1h` its host bringing it back, `1r` its host serving a request, `1p` its host preempting it, `=3` the answer 3 to a recorded `choose(n)`.
   */
  readonly schedule: readonly string[];
  readonly steps: number;
  readonly violation: Violation;
  readonly latent: readonly Violation[];
  /** Eight hex digits over every step's agent, operation, address and value. */
  readonly traceHash: string;
}
