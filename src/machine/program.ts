import type { BroadcastLayout } from './broadcast.js';
import type { Continuation } from './continuation.js';
import type { Cpu } from './cpu.js';
import type { FreeLists } from './free-lists.js';
import type { GhostLayout } from './ghost.js';
import type { HostLayout } from './hypervisor.js';
import type { Layout } from './layout.js';
import type { Machine } from './machine.js';
import type { WordRange } from './operands.js';
import type { Protocol } from './protocol.js';
import type { RemoteActionLayout } from './remote-actions.js';
import type { UnitPlan } from './unit.js';

/**
 * What a machine runs: words with their initial values, and one generator per CPU. The simulated kernel with
 * a scenario is such a program; so is any plain shared-memory program that knows nothing of TLBs.
 */
export interface Program {
  readonly name: string;
  readonly cpus: number;
  readonly layout: Layout;
  /** The words that its code may name. */
  readonly words: WordRange;
  /** First word of the CPUs' hardware blocks, and words per block. */
  readonly hardwareBase: number;
  readonly hardwareWords: number;
  /** The whole memory at the start of an execution. */
  readonly image: Int32Array;
  /** Page tables and frames; null for a plain program. */
  readonly mmu: MmuLayout | null;
  /** The host of virtual CPUs; null or absent: bare metal. */
  readonly host?: HostLayout | null;
  /** Where CPUs broadcast invalidations: the words for it; null or absent: they do not. */
  readonly broadcast?: BroadcastLayout | null;
  /** Where CPUs have remote action requests: the words for it; null or absent: they have not. */
  readonly remoteActions?: RemoteActionLayout | null;
  /** A unit of its own. */
  readonly unit?: UnitPlan | null;
  /** EFER.TCE: an invalidation of an address keeps the upper-level entries that do not lead to it. */
  readonly tce?: boolean;
  /** Makes the CPU object that `main` and `interrupt` are given; a subclass of Cpu may carry addresses. */
  createCpu(machine: Machine, id: number): Cpu;
  /** The CPU's script. */
  main(cpu: Cpu): Protocol<void>;
  /** Handler of a call-function IPI; must end with `iret`. */
  interrupt(cpu: Cpu): Protocol<void>;
  /** Handler of an NMI; must end with `iret`. */
  nmi(cpu: Cpu): Protocol<void>;
  /** The host's code, from a VM exit on; must end with the VM entry. Where hosts are code. */
  vmExit?(cpu: Cpu): Protocol<void>;
  /** What the machine runs a CPU's code through; absent: the generators above. */
  continuation?(cpu: Cpu): Continuation;
  /**
   * Called when every CPU has finished and every buffer is empty: null, or what is wrong with the final
   * memory.
   */
  check(machine: Machine): string | null;
  /**
   * Called after every step, if there is one: null, or what is wrong with the memory as all CPUs see it (what
   * is buffered is not in it).
   */
  invariant?(machine: Machine): string | null;
  /** The error for what the machine refuses to do; absent where that can only be a fault of the simulator. */
  fault?(message: string): Error;
  /** Words that observers want to hear of. */
  readonly watched: readonly number[];
}

export interface MmuLayout {
  readonly ghost: GhostLayout;
  /** mm handles that there are. */
  readonly handles: number;
  readonly framesBase: number;
  /** Words that a frame holds, and words from one frame to the next. */
  readonly frameWords: number;
  readonly frameStride: number;
  readonly frames: number;
  /** The allocator's stack of free frames: one word for its height, then the frames, top last. */
  readonly freeTop: number;
  readonly freeStack: number;
  /** What becomes of that stack where each CPU has a list of its own; null: it stays one stack. */
  readonly freeLists: FreeLists | null;
  /**
   * Frames that wait for a grace period: one word for their number, then per frame its number and a mask of
   * CPUs still to be waited for.
   */
  readonly grace: number;
  readonly graceCapacity: number;
  /** Generation words: [address, mm handle]. */
  readonly generations: readonly (readonly [number, number])[];
  /** Virtual pages that a speculative walk may go for. */
  readonly pages: number;
}

/** What runs from a VM exit on. */
export function vmExitOf(program: Program, cpu: Cpu): Protocol<void> {
  if (program.vmExit === undefined) throw new Error(`"${program.name}" has no code for its host`);
  return program.vmExit(cpu);
}

/** An assertion over any state is a violation of the step after which it does not hold. */
export function judgeInvariant(machine: Machine, cpu: number): void {
  const wrong = machine.program.invariant?.(machine) ?? null;
  if (wrong !== null) machine.report({ class: 'assertion', cpu, text: wrong });
}
