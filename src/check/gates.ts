/**
 * Gates: the places at which a checked CPU stops until the recording says that the real CPU came there.
 *
 * A gate is an operation like any other (a wait on a word that nobody writes), put into the protocol by
 * wrappers around single protocol functions. What stands between two gates is the protocol's own code.
 */
import type { Cpu } from '../machine/cpu.js';
import { OP_COND_LOAD_ACQUIRE } from '../machine/op-kinds.js';
import type { Protocol } from '../machine/protocol.js';

/** Between two activities. */
export const GATE_IDLE = 0;
/** Before flush_tlb_multi. */
export const GATE_MULTI = 1;
/** Before should_flush_tlb; `a` is the target CPU. */
export const GATE_SHOULD_FLUSH = 2;
/** Before flush_tlb_func; `a` is the initiating CPU. */
export const GATE_FLUSH_FUNC = 3;
/** Before a switch_mm_irqs_off that flush_tlb_func makes; `a` is the mm. */
export const GATE_SWITCH_MM = 4;
/** Before the CR3 write of switch_mm_irqs_off; `a` is the ASID, `b` 1 for a flush. */
export const GATE_CR3 = 5;
/** Before a request's inc_mm_tlb_gen. */
export const GATE_INC_GEN = 6;
/** Before broadcast_tlb_flush. */
export const GATE_BROADCAST = 7;
/** Before an INVLPGB; `a` is the PCID (0: all of them), `b` the first page, `c` their number (-1: all). */
export const GATE_INVLPGB = 8;
/** Before finish_asid_transition. */
export const GATE_TRANSITION = 9;
/** Before a TLBSYNC. */
export const GATE_TLBSYNC = 10;
/** Before consider_global_asid. */
export const GATE_CONSIDER = 11;

/**
 * Thrown into a generator that the recording contradicts: it unwinds to the loop that runs a CPU's
 * activities.
 */
export class Abandoned extends Error {}

/** Where a CPU stands: the gate and its arguments. */
export interface Stop {
  gate: number;
  a: number;
  b: number;
  c: number;
}

export class Gates {
  /** Set when a generator has come to a gate; the driver clears it. */
  readonly arrived: boolean[];
  /** Set by the driver: the generator is to unwind at the gate that it stands at. */
  readonly abandoning: boolean[];
  /** By CPU and depth of interrupts (0 the task, 1 an interrupt handler on top of it). */
  private readonly stops: Stop[][];

  constructor(
    cpus: number,
    /** Address of a word that stays 0. */
    private readonly word: number,
  ) {
    this.arrived = new Array<boolean>(cpus).fill(false);
    this.abandoning = new Array<boolean>(cpus).fill(false);
    this.stops = Array.from({ length: cpus }, () =>
      [0, 1, 2].map(() => ({ gate: GATE_IDLE, a: 0, b: 0, c: 0 })),
    );
  }

  /** Whether the CPU's pending operation is a gate. */
  standsAt(cpu: Cpu): boolean {
    return cpu.pending.kind === OP_COND_LOAD_ACQUIRE && cpu.pending.a === this.word;
  }
  at(cpu: Cpu): Stop {
    return this.stops[cpu.id][cpu.depth];
  }

  *stop(cpu: Cpu, gate: number, a = 0, b = 0, c = 0): Protocol<void> {
    Object.assign(this.at(cpu), { gate, a, b, c });
    this.arrived[cpu.id] = true;
    yield* cpu.condLoadAcquire(this.word, -1, 0);
    if (this.abandoning[cpu.id]) throw new Abandoned();
  }
}
