import type { Protocol } from '../machine/protocol.js';
import {
  INIT_MM,
  MM_NULL,
  TLB_FLUSH_ALL,
  TLB_GENERATION_INVALID,
  TLB_LOCAL_MM_SHOOTDOWN,
  TLB_LOCAL_SHOOTDOWN,
  TLB_REMOTE_SHOOTDOWN,
  TLB_REMOTE_WRONG_CPU,
} from './constants.js';
import { cpumaskClearCpu } from './cpumask.js';
import {
  DECIDED_EARLY_OUT,
  DECIDED_PARTIAL,
  DECIDED_UP_TO_DATE,
  EV_DECIDED,
  EV_DEGRADED,
  EV_TLB_FLUSH,
  EV_UNLAZIED,
} from './events.js';
import { isGlobalAsid } from './global-asid.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * `flush_tlb_func` (arch/x86/mm/tlb.c, since 5.13): does the flush that the request of CPU `initiator` asks
 * for, on this CPU, with interrupts off: as an IPI's function on a target, or called directly on the
 * initiator. `asRemote` is for an initiator that runs what its targets run (`flush_tlb_func_remote`, up to
 * 5.12).
 *
 * @assumes interrupts are off; the request does not change before it is acknowledged.
 */
export function* flushTlbFunc(cpu: KernelCpu, initiator: number, asRemote?: boolean): Protocol<void> {
  const state = cpu.own.tlbstate;
  const info = cpu.per[initiator].flushInfo;
  const local = cpu.id === initiator && asRemote !== true;
  const loadedMm = yield* cpu.readOnce(state.loadedMm);
  const mm = yield* cpu.readOnce(info.mm);
  if (mm !== MM_NULL && mm !== loadedMm && (yield* cpu.fn.flushOfOtherMm(cpu, mm, local))) return;
  // Up to 5.19 first of all. An older value is safe: the slot then claims less than it has.
  const earlyMmTlbGen = cpu.features.genEarlyOut ? 0 : yield* cpu.readOnce(cpu.mms[loadedMm].tlbGen);
  if (loadedMm === INIT_MM) return;
  if (cpu.broadcasts && (yield* cpu.fn.flushUnderGlobalAsid(cpu, loadedMm))) return;
  if (yield* cpu.fn.flushWhileLazy(cpu, loadedMm)) return;

  const asid = yield* cpu.readOnce(state.loadedMmAsid);
  const slotGen = yield* cpu.fn.readSlotTlbGen(cpu, asid);
  const localTlbGen = yield* cpu.fn.reconsiderSlot(cpu, asid, slotGen);
  const newTlbGen = yield* cpu.readOnce(info.newTlbGen);
  if (cpu.features.genEarlyOut && (yield* cpu.fn.isRequestDone(cpu, newTlbGen, localTlbGen))) {
    yield* cpu.event(EV_DECIDED, asid, DECIDED_EARLY_OUT);
    return;
  }
  // As late as possible, and before the flush: entries filled after the flush are then at least as new as
  // this generation.
  const mmTlbGen = cpu.features.genEarlyOut ? yield* cpu.readOnce(cpu.mms[loadedMm].tlbGen) : earlyMmTlbGen;
  const reason = local
    ? mm === MM_NULL
      ? TLB_LOCAL_SHOOTDOWN
      : TLB_LOCAL_MM_SHOOTDOWN
    : TLB_REMOTE_SHOOTDOWN;
  if (yield* cpu.fn.isSlotUpToDate(cpu, localTlbGen, mmTlbGen)) {
    yield* cpu.event(EV_DECIDED, asid, DECIDED_UP_TO_DATE);
    yield* cpu.event(EV_TLB_FLUSH, reason, 0);
    return;
  }

  const end = yield* cpu.readOnce(info.end);
  let pages = -1;
  if (end !== TLB_FLUSH_ALL && (yield* cpu.fn.isPartialFlush(cpu, newTlbGen, localTlbGen, mmTlbGen))) {
    const start = yield* cpu.readOnce(info.start);
    pages = end - start;
    yield* cpu.event(EV_DECIDED, asid, DECIDED_PARTIAL);
    for (let page = start; page < end; page++) yield* cpu.fn.flushTlbOneUser(cpu, page);
  } else {
    if (end !== TLB_FLUSH_ALL) yield* cpu.event(EV_DEGRADED, asid, 0);
    yield* cpu.fn.flushTlbLocal(cpu);
  }
  yield* cpu.fn.storeSlotTlbGen(cpu, asid, mmTlbGen);
  yield* cpu.event(EV_TLB_FLUSH, reason, pages);
}

/**
 * flush_tlb_func, where the request is of another mm than the loaded one. Answers whether that was all: up to
 * 6.13 a target only returns, and an initiator, whose bit is in the mask, has the mm loaded. Since 6.14 the
 * CPU leaves the mm's mask.
 *
 * @assumes interrupts are off; mm is not what is loaded.
 */
export function* flushOfOtherMm(cpu: KernelCpu, mm: number, local: boolean): Protocol<boolean> {
  if (!cpu.features.lazyCpumask) return !local;
  // Only a CPU itself clears its bit, with interrupts off: that is why this cannot race with its own switch
  // to the mm.
  yield* cpumaskClearCpu(cpu, cpu.id, cpu.mms[mm].cpumask);
  yield* cpu.event(EV_TLB_FLUSH, TLB_REMOTE_WRONG_CPU, 0);
  return true;
}

/**
 * flush_tlb_func since 6.15, where CPUs broadcast: a CPU that has the mm under an ASID of its own goes over
 * to the global one, if there is one. Answers whether that was all: under a global ASID broadcasts do the
 * rest.
 *
 * @assumes interrupts are off; a user mm is loaded.
 */
export function* flushUnderGlobalAsid(cpu: KernelCpu, loadedMm: number): Protocol<boolean> {
  const state = cpu.own.tlbstate;
  if (cpu.features.lazyBeforeGlobalAsid && (yield* cpu.fn.flushWhileLazy(cpu, loadedMm))) return true;
  let asid = yield* cpu.readOnce(state.loadedMmAsid);
  if (yield* cpu.fn.mmNeedsGlobalAsid(cpu, loadedMm, asid)) {
    // To switch ends lazy mode, and an idle task goes on with the mm (open finding idle-not-lazy).
    yield* cpu.fn.switchMmIrqsOff(cpu, loadedMm);
    asid = yield* cpu.readOnce(state.loadedMmAsid);
  }
  return isGlobalAsid(cpu, asid);
}

/**
 * flush_tlb_func on a lazy CPU, which leaves the mm instead of flushing. Answers whether it was lazy.
 *
 * @assumes interrupts are off; a user mm is loaded.
 */
export function* flushWhileLazy(cpu: KernelCpu, loadedMm: number): Protocol<boolean> {
  const isLazy = yield* cpu.readOnce(cpu.own.tlbstate.isLazy);
  if (isLazy === 0) return false;
  // Leaving the mm drops every reach into its tables and ends these IPIs. The slot keeps its old generation:
  // the way back flushes.
  yield* cpu.event(EV_UNLAZIED, loadedMm, 0);
  yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
  return true;
}

/**
 * flush_tlb_func's early exit (since 6.0, f_tlb_gen <= local_tlb_gen): whether the slot has what the request
 * asks for. One without a generation must never take it (B4).
 *
 * @assumes localTlbGen is the loaded slot's generation.
 */
export function* isRequestDone(cpu: KernelCpu, newTlbGen: number, localTlbGen: number): Protocol<boolean> {
  yield* cpu.barrier();
  if (newTlbGen > localTlbGen) return false;
  return newTlbGen !== TLB_GENERATION_INVALID || cpu.features.earlyOutOnGenZero;
}

/**
 * flush_tlb_func's `local_tlb_gen == mm_tlb_gen`: whether the slot has everything that is asked by now.
 *
 * @assumes mmTlbGen was read before any flush.
 */
export function* isSlotUpToDate(cpu: KernelCpu, localTlbGen: number, mmTlbGen: number): Protocol<boolean> {
  yield* cpu.barrier();
  return localTlbGen === mmTlbGen;
}

/**
 * flush_tlb_func: whether a request for a range may be carried out as one. A partial flush may take the slot
 * from g-1 to g only: what changed at the generations between would be skipped.
 *
 * @assumes the request names a range; the slot is behind the mm.
 */
export function* isPartialFlush(
  cpu: KernelCpu,
  newTlbGen: number,
  localTlbGen: number,
  mmTlbGen: number,
): Protocol<boolean> {
  yield* cpu.barrier();
  return newTlbGen === localTlbGen + 1 && newTlbGen === mmTlbGen;
}

/**
 * `flush_tlb_one_user`: one page of the current PCID (and all its paging-structure entries).
 *
 * @assumes interrupts are off.
 */
export function* flushTlbOneUser(cpu: KernelCpu, page: number): Protocol<void> {
  yield* cpu.invlpg(page);
}

/**
 * `flush_tlb_local`: the whole current PCID, by rewriting CR3 with itself.
 *
 * @assumes interrupts are off.
 */
export function* flushTlbLocal(cpu: KernelCpu): Protocol<void> {
  const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
  const root = yield* cpu.peek(cpu.mms[loadedMm].pgd);
  const asid = yield* cpu.readOnce(cpu.own.tlbstate.loadedMmAsid);
  yield* cpu.fn.writeMmCr3(cpu, root, cpu.scenario.pcid ? asid + 1 : 0, false);
}

/**
 * `native_write_cr3`.
 *
 * @assumes interrupts are off.
 */
export function* writeMmCr3(cpu: KernelCpu, root: number, pcid: number, noFlush: boolean): Protocol<void> {
  yield* cpu.writeCr3(root, pcid, noFlush);
}
