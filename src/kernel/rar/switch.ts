import type { Protocol } from '../../machine/protocol.js';
import { INIT_MM } from '../constants.js';
import { cpumaskSetCpu, cpumaskTestCpu } from '../cpumask.js';
import { isGlobalAsid } from '../global-asid.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { storeSlot } from '../slots.js';
import { loadNewMmCr3, updateMmCpumask } from '../switch-mm.js';

/**
 * switch_mm_irqs_off of the RAR series: a CPU that was not in mm_cpumask may have missed requests for a
 * global ASID, and flushes when it switches to it (`new_cpu`).
 */

/** `new_cpu`: only a CPU itself sets its bit, with interrupts off, so the word is its own. */
function* noteNewCpu(cpu: KernelCpu, isNew: boolean): Protocol<void> {
  yield* cpu.poke(cpu.layout.rar.newCpu[cpu.id], isNew ? 1 : 0);
}

/**
 * The mm_cpumask part of switch_mm_irqs_off. In v1 it comes later, when the ASID has been chosen.
 *
 * @assumes interrupts are off; CR3 is still that of prev.
 */
export function* rarUpdateMmCpumask(cpu: KernelCpu, prev: number, next: number): Protocol<void> {
  if (!cpu.broadcasts || !cpu.features.lazyCpumask) {
    yield* updateMmCpumask(cpu, prev, next);
    if (cpu.broadcasts) yield* noteNewCpu(cpu, true);
    return;
  }
  yield* noteNewCpu(cpu, false);
  if (!cpu.features.rarBitBeforeChoice) {
    // What v1 lacks here besides the bit is b1's.
    if (cpu.features.barrierWhenBitSet) yield* cpu.smpMb();
    return;
  }
  if (next !== INIT_MM && !(yield* cpumaskTestCpu(cpu, cpu.id, cpu.mms[next].cpumask))) {
    // Requests reach this CPU from here on; what it has missed before it drops with the write of CR3.
    yield* cpumaskSetCpu(cpu, cpu.id, cpu.mms[next].cpumask);
    yield* noteNewCpu(cpu, true);
  } else if (cpu.features.barrierWhenBitSet) {
    yield* cpu.smpMb();
  }
}

/**
 * choose_new_asid of an mm with a global ASID, else -1: with a flush where the CPU is new to the mask.
 *
 * @assumes interrupts are off; the bit in mm_cpumask is set.
 */
export function* rarChooseGlobalAsid(cpu: KernelCpu, next: number): Protocol<number> {
  const globalAsid = yield* cpu.fn.mmGlobalAsid(cpu, next);
  if (globalAsid === 0) return -1;
  const isNew = yield* cpu.peek(cpu.layout.rar.newCpu[cpu.id]);
  return globalAsid * 2 + (cpu.features.rarNewCpuFlushes ? isNew : 0);
}

/**
 * switch_mm_irqs_off to the mm that is loaded: under an ASID of the CPU's own it goes over to the global one,
 * with a flush. Answers whether that was all.
 *
 * @assumes interrupts are off; is_lazy is cleared.
 */
export function* rarFollowGlobalAsid(cpu: KernelCpu, mm: number): Protocol<boolean> {
  const asid = yield* cpu.readOnce(cpu.own.tlbstate.loadedMmAsid);
  if (!(yield* cpu.fn.mmNeedsGlobalAsid(cpu, mm, asid))) return isGlobalAsid(cpu, asid);
  yield* noteNewCpu(cpu, true);
  const nextTlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
  const choice = yield* cpu.fn.chooseNewAsid(cpu, mm, nextTlbGen);
  yield* cpu.fn.loadNewMmCr3(cpu, mm, choice >> 1, (choice & 1) !== 0, nextTlbGen);
  return true;
}

/**
 * load_new_mm_cr3 and what surrounds it. In v1 the bit is set here: a CPU that chose an ASID of its own may
 * set it when the initiator has already looked for such CPUs.
 *
 * @assumes interrupts are off; SWITCHING is published.
 */
export function* rarLoadNewMmCr3(
  cpu: KernelCpu,
  next: number,
  asid: number,
  needFlush: boolean,
  nextTlbGen: number,
): Protocol<void> {
  let flushes = needFlush;
  if (cpu.broadcasts && !cpu.features.rarBitBeforeChoice && next !== INIT_MM) {
    if (!(yield* cpumaskTestCpu(cpu, cpu.id, cpu.mms[next].cpumask))) {
      yield* cpumaskSetCpu(cpu, cpu.id, cpu.mms[next].cpumask);
      flushes = true;
    }
  }
  yield* loadNewMmCr3(cpu, next, asid, flushes, nextTlbGen);
}

/**
 * switch_mm_irqs_off before a write of CR3 that flushes: a global ASID has no slot.
 *
 * @assumes interrupts are off; a flush of the slot follows.
 */
export function* rarStoreSlot(cpu: KernelCpu, asid: number, ctxId: number, tlbGen: number): Protocol<void> {
  if (!isGlobalAsid(cpu, asid)) yield* storeSlot(cpu, asid, ctxId, tlbGen);
}
