import type { Protocol } from '../machine/protocol.js';
import { INIT_MM, LOADED_MM_SWITCHING, TLB_FLUSH_ON_TASK_SWITCH } from './constants.js';
import { cpumaskClearCpu, cpumaskSetCpu, cpumaskTestCpu } from './cpumask.js';
import {
  DECIDED_NO_FLUSH_LAZY,
  DECIDED_NO_FLUSH_SWITCH,
  EV_DECIDED,
  EV_LAZY_REENTRY,
  EV_LEFT_MASK,
  EV_SLOT_BEHIND,
  EV_TLB_FLUSH,
} from './events.js';
import { isGlobalAsid } from './global-asid.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * `switch_mm_irqs_off` (arch/x86/mm/tlb.c). Runs with interrupts off. The previous mm is what this CPU has
 * loaded, whatever the caller believes.
 *
 * The switcher's order and the initiator's (flush-mm-range.ts) form a Dekker handshake: publish that we are
 * switching, full barrier, read tlb_gen; against: count tlb_gen up (full barrier), read loaded_mm. Either the
 * switcher sees the new generation and flushes, or the initiator sees the switcher and sends an IPI, or both.
 *
 * @assumes interrupts are off.
 */
export function* switchMmIrqsOff(cpu: KernelCpu, next: number): Protocol<void> {
  const state = cpu.own.tlbstate;
  const prev = yield* cpu.readOnce(state.loadedMm);
  const wasLazy = yield* cpu.readOnce(state.isLazy);
  yield* cpu.fn.clearIsLazy(cpu, wasLazy);
  if (prev === next) {
    yield* cpu.fn.switchToLoadedMm(cpu, next, wasLazy);
    return;
  }

  // Without this order a CPU between reading tlb_gen and publishing SWITCHING still looks as if it ran
  // `prev`: no IPI comes for a generation that it has not seen (B2).
  if (cpu.features.switchingBeforeGen) yield* cpu.fn.publishSwitching(cpu);
  yield* cpu.fn.updateMmCpumask(cpu, prev, next);
  const nextTlbGen = yield* cpu.readOnce(cpu.mms[next].tlbGen);
  const choice = yield* cpu.fn.chooseNewAsid(cpu, next, nextTlbGen);
  if (!cpu.features.switchingBeforeGen) yield* cpu.fn.publishSwitching(cpu);
  yield* cpu.fn.loadNewMmCr3(cpu, next, choice >> 1, (choice & 1) !== 0, nextTlbGen);
}

/**
 * switch_mm_irqs_off: the CPU is lazy no longer: before anything of the switch is decided, so that
 * initiators ask it again. Since 5.13 stored only when it was set: the line is read by every initiator.
 *
 * @assumes interrupts are off; before loaded_mm or tlb_gen are looked at.
 */
export function* clearIsLazy(cpu: KernelCpu, wasLazy: number): Protocol<void> {
  if (wasLazy !== 0 || !cpu.features.lazyStoreWhenSet) yield* cpu.writeOnce(cpu.own.tlbstate.isLazy, 0);
}

/**
 * switch_mm_irqs_off to the mm that is loaded: there is something to do only on the way back from lazy mode.
 *
 * @assumes interrupts are off; is_lazy is cleared.
 */
export function* switchToLoadedMm(cpu: KernelCpu, mm: number, wasLazy: number): Protocol<void> {
  yield* cpu.fn.checkMmCpumask(cpu, mm);
  if (cpu.broadcasts && (yield* cpu.fn.followGlobalAsid(cpu, mm))) return;
  if (wasLazy !== 0) yield* cpu.fn.leaveLazyTlb(cpu, mm);
}

/**
 * switch_mm_irqs_off to the mm that is loaded, since 6.15, where CPUs broadcast: under an ASID of the CPU's
 * own it goes over to the mm's global one, if there is one. Answers whether that was all: under a global ASID
 * there is nothing to look at, lazy or not.
 *
 * @assumes interrupts are off; is_lazy is cleared.
 */
export function* followGlobalAsid(cpu: KernelCpu, mm: number): Protocol<boolean> {
  const asid = yield* cpu.readOnce(cpu.own.tlbstate.loadedMmAsid);
  if (!(yield* cpu.fn.mmNeedsGlobalAsid(cpu, mm, asid))) return isGlobalAsid(cpu, asid);
  const nextTlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
  const choice = yield* cpu.fn.chooseNewAsid(cpu, mm, nextTlbGen);
  yield* cpu.fn.loadNewMmCr3(cpu, mm, choice >> 1, (choice & 1) !== 0, nextTlbGen);
  return true;
}

/**
 * switch_mm_irqs_off: from here, with loaded_mm = LOADED_MM_SWITCHING, initiators send to this CPU.
 *
 * @assumes interrupts are off.
 */
export function* publishSwitching(cpu: KernelCpu): Protocol<void> {
  yield* cpu.writeOnce(cpu.own.tlbstate.loadedMm, LOADED_MM_SWITCHING);
  yield* cpu.barrier();
}

/**
 * switch_mm_irqs_off: up to 6.13 a switch to the mm that is loaded warns when the own bit is not in its
 * mask, and sets it: a lazy CPU stays in the mask. Since 6.14 only a debug kernel looks.
 *
 * @assumes interrupts are off.
 */
export function* checkMmCpumask(cpu: KernelCpu, mm: number): Protocol<void> {
  if (cpu.features.lazyCpumask || mm === INIT_MM) return;
  if (!(yield* cpumaskTestCpu(cpu, cpu.id, cpu.mms[mm].cpumask)))
    yield* cpumaskSetCpu(cpu, cpu.id, cpu.mms[mm].cpumask);
}

/**
 * The mm_cpumask part of switch_mm_irqs_off. Setting the own bit is a locked operation, hence the full
 * barrier between SWITCHING and the read of tlb_gen. Since 6.14 (209954cbc7d0) the bit may already be set and
 * nothing locked is executed: then SWITCHING can still be in the store buffer when tlb_gen is read (B1),
 * unless an explicit barrier stands in its place (83b0177a6c48).
 *
 * @assumes interrupts are off; CR3 is still that of prev.
 */
export function* updateMmCpumask(cpu: KernelCpu, prev: number, next: number): Protocol<void> {
  if (!cpu.features.lazyCpumask) {
    // Stop flushes for the old mm, start them for the new one, and only then read its tlb_gen.
    if (prev !== INIT_MM) {
      yield* cpumaskClearCpu(cpu, cpu.id, cpu.mms[prev].cpumask);
      // CR3 is still the old one: from here to its write no flush of `prev` reaches this CPU, and its walker
      // can still go there.
      yield* cpu.event(EV_LEFT_MASK, prev, 0);
    }
    if (next !== INIT_MM) yield* cpumaskSetCpu(cpu, cpu.id, cpu.mms[next].cpumask);
    return;
  }
  if (next !== INIT_MM && !(yield* cpumaskTestCpu(cpu, cpu.id, cpu.mms[next].cpumask))) {
    yield* cpumaskSetCpu(cpu, cpu.id, cpu.mms[next].cpumask);
  } else if (cpu.features.barrierWhenBitSet) {
    yield* cpu.smpMb();
  }
}

/**
 * switch_mm_irqs_off: the way back from lazy mode to the same mm. The barrier pairs with the initiator's
 * increment of tlb_gen: an initiator that saw us lazy, and so sent nothing, counted up before; we clear
 * is_lazy before the barrier and read tlb_gen after it.
 *
 * @assumes interrupts are off; is_lazy is cleared.
 */
export function* leaveLazyTlb(cpu: KernelCpu, mm: number): Protocol<void> {
  const state = cpu.own.tlbstate;
  yield* cpu.smpMb();
  const nextTlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
  const asid = yield* cpu.readOnce(state.loadedMmAsid);
  const slotGen = yield* cpu.fn.readSlotTlbGen(cpu, asid);
  if (yield* cpu.fn.isCurrentAfterLazy(cpu, slotGen, nextTlbGen)) {
    yield* cpu.event(EV_DECIDED, asid, DECIDED_NO_FLUSH_LAZY);
    yield* cpu.event(EV_LAZY_REENTRY, mm, 0);
    return;
  }
  yield* cpu.event(EV_LAZY_REENTRY, mm, 1);
  yield* cpu.event(EV_SLOT_BEHIND, asid, mm);
  yield* cpu.fn.loadNewMmCr3(cpu, mm, asid, true, nextTlbGen);
}

/**
 * switch_mm_irqs_off: whether the loaded slot has all that was asked of the mm while the CPU was lazy: then
 * it is kept.
 *
 * @assumes nextTlbGen was read after the barrier that follows is_lazy.
 */
export function* isCurrentAfterLazy(cpu: KernelCpu, slotGen: number, nextTlbGen: number): Protocol<boolean> {
  yield* cpu.barrier();
  return slotGen === nextTlbGen;
}

/**
 * `load_new_mm_cr3` and what surrounds it: the slot first, then CR3, then loaded_mm.
 *
 * @assumes interrupts are off; SWITCHING is published.
 */
export function* loadNewMmCr3(
  cpu: KernelCpu,
  next: number,
  asid: number,
  needFlush: boolean,
  nextTlbGen: number,
): Protocol<void> {
  const root = yield* cpu.peek(cpu.mms[next].pgd);
  const pcid = cpu.scenario.pcid ? asid + 1 : 0;
  if (needFlush) {
    const ctxId = yield* cpu.peek(cpu.mms[next].ctxId);
    yield* cpu.fn.storeSlot(cpu, asid, ctxId, nextTlbGen);
    yield* cpu.fn.writeMmCr3(cpu, root, pcid, false);
    yield* cpu.event(EV_TLB_FLUSH, TLB_FLUSH_ON_TASK_SWITCH, -1);
  } else {
    yield* cpu.event(EV_DECIDED, asid, DECIDED_NO_FLUSH_SWITCH);
    yield* cpu.fn.writeMmCr3(cpu, root, pcid, true);
    yield* cpu.event(EV_TLB_FLUSH, TLB_FLUSH_ON_TASK_SWITCH, 0);
  }
  yield* cpu.fn.publishLoadedMm(cpu, next, asid);
}

/**
 * The end of switch_mm_irqs_off. loaded_mm must not name the new mm before CR3 does: nmi_uaccess_okay relies
 * on it.
 *
 * @assumes interrupts are off; CR3 is that of mm.
 */
export function* publishLoadedMm(cpu: KernelCpu, mm: number, asid: number): Protocol<void> {
  yield* cpu.barrier();
  yield* cpu.writeOnce(cpu.own.tlbstate.loadedMm, mm);
  yield* cpu.writeOnce(cpu.own.tlbstate.loadedMmAsid, asid);
}
