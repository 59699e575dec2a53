import type { Protocol } from '../../machine/protocol.js';
import { INIT_MM, MM_NULL, TLB_REMOTE_SEND_IPI } from '../constants.js';
import { cpumaskAnyOther, cpumaskClearCpu, cpumaskNext, cpumaskTestCpu } from '../cpumask.js';
import { EV_BATCH_BROADCAST, EV_TLB_FLUSH, EV_UNLAZIED } from '../events.js';
import { isGlobalAsid } from '../global-asid.js';
import type { KernelCpu } from '../kernel-cpu.js';

/**
 * Flushes of an mm with a global ASID by remote action requests (arch/x86/mm/tlb.c of the series): what takes
 * the place of the functions for INVLPGB. A request goes to the CPUs of mm_cpumask alone, so a global ASID is
 * up to date there and nowhere else.
 */

/**
 * flush_tlb_mm_range of an mm with a global ASID; answers whether it has one. Up to v3 a flush that trims
 * mm_cpumask is done by IPIs, in the place of a request.
 *
 * @assumes the request is filled in, its generation counted; interrupts are on.
 */
export function* rarFlushGlobalAsid(cpu: KernelCpu, mm: number): Protocol<boolean> {
  if ((yield* cpu.fn.mmGlobalAsid(cpu, mm)) === 0) return false;
  const trims = yield* cpu.fn.shouldTrimCpumask(cpu, mm);
  yield* cpu.writeOnce(cpu.own.flushInfo.trimCpumask, trims ? 1 : 0);
  if (!trims || cpu.features.rarTrimsApart) {
    yield* cpu.fn.broadcastTlbFlush(cpu, mm);
  } else if (yield* cpumaskAnyOther(cpu, cpu.mms[mm].cpumask)) {
    yield* cpu.fn.flushRemote(cpu, cpu.mms[mm].cpumask);
  } else if ((yield* cpu.readOnce(cpu.own.tlbstate.loadedMm)) === mm) {
    yield* cpu.fn.flushHere(cpu);
  }
  return true;
}

/** `broadcast_tlb_flush`: the request, then whoever runs the mm under an ASID of its own. */
export function* rarBroadcastTlbFlush(cpu: KernelCpu, mm: number): Protocol<void> {
  yield* cpu.fn.rarTlbFlush(cpu, mm);
  yield* cpu.fn.finishAsidTransition(cpu, mm);
}

/**
 * native_flush_tlb_multi with the series' should_flush_all: since v3 IPIs for an mm with a global ASID, and
 * those that trim, go to every CPU of the mask. A lazy CPU under a global ASID has no generation by which it
 * would find out on its way back.
 */
export function* rarFlushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void> {
  yield* cpu.event(EV_TLB_FLUSH, TLB_REMOTE_SEND_IPI, 0);
  const freedTables = yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  let everyCpu = freedTables !== 0 && cpu.features.freedTablesReachLazy;
  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
  if (cpu.broadcasts && !everyCpu && mm !== MM_NULL) everyCpu = yield* cpu.fn.mmInAsidTransition(cpu, mm);
  if (cpu.broadcasts && !everyCpu && cpu.features.rarReachesLazy) {
    everyCpu = (yield* cpu.readOnce(cpu.own.flushInfo.trimCpumask)) !== 0;
    if (!everyCpu && mm !== MM_NULL) everyCpu = (yield* cpu.fn.mmGlobalAsid(cpu, mm)) !== 0;
  }
  yield* cpu.fn.smpCallFunctionManyCond(cpu, mask, !everyCpu);
}

/**
 * flush_tlb_func: a CPU that has the mm under an ASID of its own follows to the global one; under that it
 * goes on and flushes, for the IPI stands in the place of a request. Since v3 a lazy CPU leaves first: to
 * follow ends lazy mode, and the idle task goes on with the mm (B22: leave_mm warns).
 *
 * @assumes interrupts are off; a user mm is loaded.
 */
export function* rarFollowInFlush(cpu: KernelCpu, loadedMm: number): Protocol<boolean> {
  if (cpu.features.rarLazyFirst && (yield* cpu.fn.flushWhileLazy(cpu, loadedMm))) return true;
  const asid = yield* cpu.readOnce(cpu.own.tlbstate.loadedMmAsid);
  if (yield* cpu.fn.mmNeedsGlobalAsid(cpu, loadedMm, asid)) yield* cpu.fn.switchMmIrqsOff(cpu, loadedMm);
  return false;
}

/**
 * flush_tlb_func on a lazy CPU. Under a global ASID the way back does not flush as long as the CPU is in the
 * mask: what it is asked for now it would never do.
 *
 * @assumes interrupts are off; a user mm is loaded.
 */
export function* rarFlushWhileLazy(cpu: KernelCpu, loadedMm: number): Protocol<boolean> {
  const isLazy = yield* cpu.readOnce(cpu.own.tlbstate.isLazy);
  if (isLazy === 0) return false;
  yield* cpu.event(EV_UNLAZIED, loadedMm, 0);
  if (cpu.broadcasts && cpu.features.rarLazyLeavesMask)
    yield* cpumaskClearCpu(cpu, cpu.id, cpu.mms[loadedMm].cpumask);
  yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
  return true;
}

/** The words behind ctxs[] that are taken for the slot of a global ASID. */
function behindSlots(cpu: KernelCpu, asid: number): number {
  return cpu.layout.rar.behindSlots[cpu.id] + asid - cpu.own.tlbstate.ctxs.length;
}

/** More than any generation. */
const SOMEBODY_ELSES = 0x3fffffff;

/**
 * flush_tlb_func's local_tlb_gen: of a global ASID 0, so that nothing is found done. In v2 it is read from
 * behind the array, where somebody else's data lies: what was stored there last, or any number, a recorded
 * choice.
 *
 * @assumes interrupts are off, on the owner of the slot.
 */
export function* rarReadSlotTlbGen(cpu: KernelCpu, asid: number): Protocol<number> {
  if (!isGlobalAsid(cpu, asid)) return yield* cpu.readOnce(cpu.own.tlbstate.ctxs[asid].tlbGen);
  if (cpu.features.rarKnowsNoSlot) return 0;
  const found = yield* cpu.readOnce(behindSlots(cpu, asid));
  return (yield* cpu.choose(2)) === 0 ? found : SOMEBODY_ELSES;
}

/**
 * The end of flush_tlb_func: a global ASID has no slot to note it in.
 *
 * @assumes the loaded slot has been flushed up to tlbGen.
 */
export function* rarStoreSlotTlbGen(cpu: KernelCpu, asid: number, tlbGen: number): Protocol<void> {
  if (!isGlobalAsid(cpu, asid)) yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, tlbGen);
  else if (!cpu.features.rarKnowsNoSlot) yield* cpu.writeOnce(behindSlots(cpu, asid), tlbGen);
}

/**
 * arch_tlbbatch_flush: everything on every CPU of the batch. Answers whether that was all: without a CPU
 * there is no request.
 */
export function* rarFlushBatch(cpu: KernelCpu): Protocol<boolean> {
  const mask = cpu.own.ubc.cpumask;
  if ((yield* cpumaskNext(cpu, 0, mask)) < 0) return false;
  yield* cpu.event(EV_BATCH_BROADCAST, 0, 0);
  yield* cpu.fn.rarFullFlush(cpu, mask);
  if (!(yield* cpumaskTestCpu(cpu, cpu.id, mask))) return true;
  yield* cpu.localIrqDisable();
  yield* cpu.invpcid(3, 0, 0);
  yield* cpu.localIrqEnable();
  return true;
}
