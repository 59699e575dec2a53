import type { AgentKind } from '../machine/agents.js';
import type { Place } from '../vocabulary/told.js';
import type { CpuState } from './cpu-state.js';
import type { OrderedMark } from './told-ordering.js';

/** One step of a replayed execution, as people read it. Filled by the replay, drawn by the timeline. */
export interface TraceStep {
  /** Index of the step in the execution, from 0. */
  readonly step: number;
  readonly cpu: number;
  /**
   * Who moved: the CPU itself, its store buffer (a drain), its interrupt line (a delivery), its page walker,
   * or its host.
   */
  readonly agent: AgentKind['who'];
  /** What happened, e.g. `loaded_mm = SWITCHING (buffered)` or `tlb_gen(A) is 5`. One line, no colour. */
  readonly text: string;
  /** What the host did, without naming it; absent for steps of others. */
  readonly hostAct?: string;
  /** The step's store went into the store buffer; absent where it did not. */
  readonly isBuffered?: true;
  /** Kernel functions on the CPU's stack, outermost first, in the kernel's spelling; empty where unknown. */
  readonly functions: readonly string[];
  /** Where the operation is written in the protocol source, or null. */
  readonly site: Place | null;
  /** Where an assertion failed in this step, behind its operation; absent where none did. */
  readonly judgedAt?: Place;
  /** Depth of interrupt handlers the CPU is in. */
  readonly handlerDepth: number;
  /** Why this step decides the outcome, or null. */
  readonly deciding: string | null;
  /**
   * Buffered stores that this step drained before it acted: `loaded_mm=SWITCHING`. Empty for a drain, which
   * is one itself.
   */
  readonly drained: readonly string[];
  /** CPUs whose state this step has changed, and how they stand after it. */
  readonly states: readonly CpuState[];
  /** Of the deciding steps the one that the outcome's cause speaks of; absent on all others. */
  readonly isCause?: true;
  /** Orderings of the finding that the step is in; absent where it is in none. */
  readonly ordered?: readonly OrderedMark[];
}
