import type { Scenario } from '../scenarios/scenario.js';

/**
 * A finding: one witness, as a small versioned JSON file. It carries everything that a replay needs (the scenario whole, the schedule
 * whole) and nothing that depends on the machine that found it, so the same hunt writes the same bytes everywhere.
 */

/** Harm and misuse classes end an execution; latent ones are recorded and the run goes on. */
export const HARM_CLASSES = [
  'stale-use',
  'cross-mm',
  'freed-table-walk',
  'deadlock',
  'livelock',
  'csd-reuse',
  'lost-ack',
  'unlock-of-free',
  'assertion',
] as const;
export const LATENT_CLASSES = ['gen-ahead', 'gen-above-mm'] as const;
export type HarmClass = (typeof HARM_CLASSES)[number];
export type LatentClass = (typeof LATENT_CLASSES)[number];
export type ViolationClass = HarmClass | LatentClass;

export type MemoryModel = 'tso' | 'sc';

/** What an oracle says of one violation. Numbers are CPUs, mm indices (scenario numbering), pages and step indices; absent where the class has none. */
export interface Violation {
  readonly class: ViolationClass;
  /** The step (index into the schedule's picks) at which the oracle judged. */
  readonly step: number;
  /** The CPU that the violation happened on. */
  readonly cpu: number;
  /** One sentence in the kernel's words. */
  readonly message: string;
}

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
   * walker, `=3` the answer 3 to a recorded `choose(n)`.
   */
  readonly schedule: readonly string[];
  readonly steps: number;
  readonly violation: Violation;
  readonly latent: readonly Violation[];
  /** Eight hex digits over every step's agent, operation, address and value. */
  readonly traceHash: string;
}
