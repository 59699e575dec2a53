import * as C from '../../src/kernel/constants.js';
import * as E from '../../src/kernel/events.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import type { Op, Protocol } from '../../src/machine/protocol.js';

/**
 * `flushTlbFunc` (src/kernel/flush-tlb-func.ts) lowered by hand: the generator turned into an explicit
 * automaton, as a tool could do it.
 *
 * A state is a number; everything that lives across a `yield*` is in a frame of int32 words; a block of
 * straight code runs from the result of one operation to the next operation, which is the edge. Calls of
 * other protocol functions are edges too. `result` is what the edge before answered. That this is possible is
 * what the subset of protocol code is for.
 */

// Frame: the state, then the live locals. Dead ones are zeroed, so that equal frames mean equal futures.
const PC = 0;
const INITIATOR = 1;
const LOADED_MM = 2;
const MM = 3;
const ASID = 4;
const LOCAL_GEN = 5;
const NEW_GEN = 6;
const MM_GEN = 7;
const END = 8;
const PAGE = 9;
const PAGES = 10;
const FRAME_WORDS = 11;

/** States: named after the edge whose answer they wait for. */
const START = 0;
const READ_LOADED_MM = 1;
const READ_MM = 2;
const CLEARED_CPU = 3;
const READ_IS_LAZY = 4;
const UNLAZIED = 5;
const READ_ASID = 6;
const READ_LOCAL_GEN = 7;
const READ_NEW_GEN = 8;
const READ_MM_GEN = 9;
const UP_TO_DATE = 10;
const READ_END = 11;
const READ_START = 12;
const DECIDED_PARTIAL = 13;
const FLUSHED_PAGE = 14;
const FLUSHED_LOCAL = 15;
const WROTE_GEN = 16;
const RETURN = 17;
export const STATES = 18;
/** A block that no edge leads to: only jumps inside `advance`. */
const LOOP_HEAD = 18;

type Edge = Op | Protocol<unknown>;

/**
 * The transition function: from the frame and the answer to the last edge to the next edge, or null at the
 * end.
 */
function advance(cpu: KernelCpu, frame: Int32Array, result: number): Edge | null {
  const state = cpu.own.tlbstate;
  const info = cpu.per[frame[INITIATOR]].flushInfo;
  const to = (pc: number, edge: Edge): Edge => {
    frame[PC] = pc;
    return edge;
  };
  const lastEdge = (edge: Edge): Edge => {
    const initiator = frame[INITIATOR];
    frame.fill(0);
    frame[INITIATOR] = initiator;
    return to(RETURN, edge);
  };
  for (;;) {
    switch (frame[PC]) {
      case START:
        return to(READ_LOADED_MM, cpu.readOnce(state.loadedMm));
      case READ_LOADED_MM:
        frame[LOADED_MM] = result;
        return to(READ_MM, cpu.readOnce(info.mm));
      case READ_MM:
        frame[MM] = result;
        if (frame[MM] !== C.MM_NULL && frame[MM] !== frame[LOADED_MM]) {
          if (cpu.features.lazyCpumask) {
            // cpumaskClearCpu, inlined.
            return to(
              CLEARED_CPU,
              cpu.fetchAnd(cpu.mms[frame[MM]].cpumask + (cpu.id >> 5), ~(1 << (cpu.id & 31))),
            );
          }
          if (cpu.id !== frame[INITIATOR]) return null;
        }
        if (frame[LOADED_MM] === C.INIT_MM) return null;
        return to(READ_IS_LAZY, cpu.readOnce(state.isLazy));
      case CLEARED_CPU:
        return lastEdge(cpu.event(E.EV_TLB_FLUSH, C.TLB_REMOTE_WRONG_CPU, 0));
      case READ_IS_LAZY:
        if (result !== 0) return to(UNLAZIED, cpu.event(E.EV_UNLAZIED, frame[LOADED_MM], 0));
        return to(READ_ASID, cpu.readOnce(state.loadedMmAsid));
      case UNLAZIED:
        return lastEdge(cpu.fn.switchMmIrqsOff(cpu, C.INIT_MM));
      case READ_ASID:
        frame[ASID] = result;
        return to(READ_LOCAL_GEN, cpu.readOnce(state.ctxs[frame[ASID]].tlbGen));
      case READ_LOCAL_GEN:
        frame[LOCAL_GEN] = result;
        return to(READ_NEW_GEN, cpu.readOnce(info.newTlbGen));
      case READ_NEW_GEN:
        frame[NEW_GEN] = result;
        if (cpu.features.genEarlyOut && frame[NEW_GEN] <= frame[LOCAL_GEN]) {
          if (frame[NEW_GEN] !== C.TLB_GENERATION_INVALID || cpu.features.earlyOutOnGenZero) {
            return lastEdge(cpu.event(E.EV_DECIDED, frame[ASID], E.DECIDED_EARLY_OUT));
          }
        }
        return to(READ_MM_GEN, cpu.readOnce(cpu.mms[frame[LOADED_MM]].tlbGen));
      case READ_MM_GEN:
        frame[MM_GEN] = result;
        frame[LOADED_MM] = 0;
        if (frame[LOCAL_GEN] === frame[MM_GEN])
          return to(UP_TO_DATE, cpu.event(E.EV_DECIDED, frame[ASID], E.DECIDED_UP_TO_DATE));
        return to(READ_END, cpu.readOnce(info.end));
      case UP_TO_DATE:
        return lastEdge(cpu.event(E.EV_TLB_FLUSH, reason(cpu, frame), 0));
      case READ_END:
        frame[END] = result;
        frame[PAGES] = -1;
        if (
          frame[END] !== C.TLB_FLUSH_ALL &&
          frame[NEW_GEN] === frame[LOCAL_GEN] + 1 &&
          frame[NEW_GEN] === frame[MM_GEN]
        ) {
          frame[LOCAL_GEN] = 0;
          frame[NEW_GEN] = 0;
          return to(READ_START, cpu.readOnce(info.start));
        }
        frame[LOCAL_GEN] = 0;
        frame[NEW_GEN] = 0;
        frame[END] = 0;
        return to(FLUSHED_LOCAL, cpu.fn.flushTlbLocal(cpu));
      case READ_START:
        frame[PAGE] = result;
        frame[PAGES] = frame[END] - result;
        return to(DECIDED_PARTIAL, cpu.event(E.EV_DECIDED, frame[ASID], E.DECIDED_PARTIAL));
      case FLUSHED_PAGE:
        frame[PAGE]++;
        frame[PC] = LOOP_HEAD;
        continue;
      case DECIDED_PARTIAL:
        frame[PC] = LOOP_HEAD;
        continue;
      case LOOP_HEAD:
        if (frame[PAGE] < frame[END]) return to(FLUSHED_PAGE, cpu.fn.flushTlbOneUser(cpu, frame[PAGE]));
        frame[PAGE] = 0;
        frame[END] = 0;
        frame[PC] = FLUSHED_LOCAL;
        continue;
      case FLUSHED_LOCAL: {
        const asid = frame[ASID];
        const gen = frame[MM_GEN];
        frame[ASID] = 0;
        frame[MM_GEN] = 0;
        return to(WROTE_GEN, cpu.writeOnce(state.ctxs[asid].tlbGen, gen));
      }
      case WROTE_GEN:
        return lastEdge(cpu.event(E.EV_TLB_FLUSH, reason(cpu, frame), frame[PAGES]));
      default:
        return null;
    }
  }
}

function reason(cpu: KernelCpu, frame: Int32Array): number {
  if (cpu.id !== frame[INITIATOR]) return C.TLB_REMOTE_SHOOTDOWN;
  return frame[MM] === C.MM_NULL ? C.TLB_LOCAL_SHOOTDOWN : C.TLB_LOCAL_MM_SHOOTDOWN;
}

/** How often each state was entered, over all calls: shows that a comparison reached them. */
export const visits = new Int32Array(STATES);

/** Drives the automaton as if it were a generator: what `yield*` and the machine expect. */
class LoweredCall implements Iterator<undefined, void, number> {
  private readonly frame = new Int32Array(FRAME_WORDS);
  private edge: Iterator<undefined, unknown, number> | null = null;

  constructor(
    private readonly cpu: KernelCpu,
    initiator: number,
    private readonly step: typeof advance,
  ) {
    this.frame[INITIATOR] = initiator;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(told: number): IteratorResult<undefined, void> {
    let result = 0;
    for (;;) {
      if (this.edge !== null) {
        const outcome = this.edge.next(told);
        if (outcome.done !== true) return outcome;
        result = outcome.value as number;
      }
      visits[this.frame[PC]]++;
      const edge = this.step(this.cpu, this.frame, result);
      if (edge === null) return { done: true, value: undefined };
      this.edge = edge[Symbol.iterator]() as Iterator<undefined, unknown, number>;
    }
  }
}

/** In place of the generator function, for `kernelProgram`'s `replace`. */
export function loweredFlushTlbFunc(cpu: KernelCpu, initiator: number): Protocol<void> {
  return new LoweredCall(cpu, initiator, advance) as unknown as Protocol<void>;
}

/** Lowered wrongly: reads the request's generation before the slot's. A comparison must notice. */
export function wronglyLoweredFlushTlbFunc(cpu: KernelCpu, initiator: number): Protocol<void> {
  const swapped: typeof advance = (on, frame, result) => {
    const before = frame[PC];
    const edge = advance(on, frame, result);
    return before === READ_ASID ? on.readOnce(on.per[frame[INITIATOR]].flushInfo.newTlbGen) : edge;
  };
  return new LoweredCall(cpu, initiator, swapped) as unknown as Protocol<void>;
}
