import type { Scenario } from '../vocabulary/scenario.js';
import type { LatentClass, MemoryModel, ViolationClass } from '../vocabulary/violation.js';
import type { CodeReport } from './effect/code.js';
import type { Effect } from './effect/effect.js';
import type { KnownViolation, MetViolation } from './known.js';
import type { Coverage, Reached, ReachedBefore } from './reach/reached.js';
import type { BaseCheck } from './schedule-on-base.js';
import type { Shard } from './shard.js';

/**
 * What a hunt is asked to do, and what it answers. The command line, the demo and tests all go through this
 * interface.
 */

/** A hunt of a variant in scenarios. */
export interface HuntRequest extends HuntPlan {
  /** Name of the variant (see `list variants`). */
  readonly variant: string;
  /** Scenarios, hunted round-robin by steps. */
  readonly scenarios: readonly Scenario[];
  /** After a violation of a variant that was made from another: whether that one has it too. */
  readonly asksBase?: boolean;
}

/** A hunt of a plain program. */
export interface ProgramHuntRequest extends HuntPlan {
  /** Name of the program, which the pool's modules define. */
  readonly program: string;
}

export interface HuntPlan {
  /** Strategy names; they alternate within each scenario. */
  readonly strategies: readonly string[];
  readonly seed: number;
  readonly memory: MemoryModel;
  /** Worker threads; the result does not depend on it. */
  readonly jobs: number;
  /** Stop after this many executions in all (default: no limit). */
  readonly executions?: number;
  /** Stop after this much wall time (default: no limit); ends the completed prefix, never changes it. */
  readonly budgetMs?: number;
  /** Executions that are done however short the budget is (default: none). */
  readonly executionsMin?: number;
  /** Which executions are this hunt's (default: all). Limits are each shard's own. */
  readonly shard?: Shard;
  /**
   * Violations that do not end the hunt. With them, even with none, the verdict says which kinds were met.
   */
  readonly known?: readonly KnownViolation[];
  /** With `known`: other violations do not end the hunt either; the witness is still the first of them. */
  readonly pastViolations?: boolean;
  /** The one violation that is looked for; all others are gone past. */
  readonly sought?: KnownViolation;
  /** The verdict says what was reached first, beside this (default: it does not). */
  readonly covers?: ReachedBefore;
  /** Aborting ends the hunt early; what is known by then is answered with `interrupted: true`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HuntProgress) => void;
}

export interface HuntProgress {
  readonly variant: string;
  readonly executions: number;
  readonly steps: number;
  readonly elapsedMs: number;
  /** What the hunt may still take at most; absent where nothing limits it, or too little is done to tell. */
  readonly leftMs?: number;
  /** Scenario of the newest finished batch. */
  readonly scenario: string;
}

export interface LatentCount {
  readonly class: LatentClass;
  /** Executions in which it was seen at least once. */
  readonly executions: number;
  /** The scenario and execution of the first one. */
  readonly scenario: string;
  readonly execution: number;
  readonly message: string;
}

export interface Verdict {
  /** The variant; of a plain program's hunt, the program's name. */
  readonly variant: string;
  /** Set for a plain program. */
  readonly program?: true;
  /** Of a kernel's C text: how much of the compiler's optimiser ran; absent: none, or no C text. */
  readonly optimisation?: 2;
  /**
   * The scenario of the witness; without one, the scenario's name if there was only one, else "catalogue";
   * "plain program" for one.
   */
  readonly scenario: string;
  readonly violation: ViolationClass | null;
  /** The violation's sentence. */
  readonly message: string | null;
  readonly latent: readonly LatentCount[];
  /** Executions of the completed prefix, the witness included. */
  readonly executions: number;
  readonly steps: number;
  /** Wall seconds; outside everything that is compared. */
  readonly seconds: number;
  /** The strategy that found it, or the portfolio joined with "+". */
  readonly strategy: string;
  readonly memory: MemoryModel;
  readonly seed: number;
  /** Path of the finding file, once saved. */
  readonly finding: string | null;
  readonly counters: Readonly<Record<string, number>>;
  /** Executions, steps and counters per scenario. */
  readonly scenarios: readonly ScenarioTally[];
  /** Hash over all executions of the completed prefix, in order. */
  readonly traceHash: string;
  readonly interrupted: boolean;
  /** The part that this hunt did, if several share it. */
  readonly shard?: Shard;
  /**
   * Of a variant of a user's, or one with features switched: whether it did anything otherwise than what it
   * was made from.
   */
  readonly effect?: Effect;
  /** Of users' code: what of it ran, by file. */
  readonly code?: readonly CodeReport[];
  /**
   * Of a violation of such a variant: whether what it was made from has it too. Absent where that was not
   * asked.
   */
  readonly base?: BaseCheck;
  /**
   * Where nothing but what is known was met: the name of the first open finding of the kernel that was; else
   * null.
   */
  readonly known?: string | null;
  /**
   * With known violations: each kind that was met, the known ones and the witness's, in the order of the
   * hunt.
   */
  readonly met?: readonly MetViolation[];
  /** Of a hunt that was asked for it: what was reached first in it. */
  readonly reached?: Reached;
  /** Of a campaign of batches: how much they reached. */
  readonly coverage?: Coverage;
}

export interface ScenarioTally {
  readonly scenario: string;
  readonly executions: number;
  readonly steps: number;
  readonly counters: Readonly<Record<string, number>>;
}
