import type { Protocol } from '../machine/protocol.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * A CPU's slots, `cpu_tlbstate.ctxs[]` (arch/x86/mm/tlb.c): the four ways in which their owner touches them.
 * Rules that let others write to them replace these. A slot is a lower bound: what its PCID holds is at
 * least as new as its generation. Lowering is always legal; raising without a flush never is.
 */

/**
 * flush_tlb_func, switch_mm_irqs_off: the generation that a slot of this CPU claims.
 *
 * @assumes interrupts are off, on the owner of the slot.
 */
export function* readSlotTlbGen(cpu: KernelCpu, asid: number): Protocol<number> {
  return yield* cpu.readOnce(cpu.own.tlbstate.ctxs[asid].tlbGen);
}

/**
 * switch_mm_irqs_off: the slot becomes another mm's, or the same one's anew: two plain stores, which a
 * remote reader can see torn. A flush comes after.
 *
 * @assumes interrupts are off; a flush of the slot follows.
 */
export function* storeSlot(cpu: KernelCpu, asid: number, ctxId: number, tlbGen: number): Protocol<void> {
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].ctxId, ctxId);
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, tlbGen);
}

/**
 * flush_tlb_func: the end of a flush of the loaded slot.
 *
 * @assumes the loaded slot has been flushed up to tlbGen.
 */
export function* storeSlotTlbGen(cpu: KernelCpu, asid: number, tlbGen: number): Protocol<void> {
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, tlbGen);
}

/**
 * A slot's generation, read as `tlbGen`, is about to decide that a flush is needed, or how much of one: a
 * place where an owner may learn of flushes that others had done for it. Answers the generation to decide by.
 *
 * @assumes interrupts are off, on the owner of the slot.
 */
export function* reconsiderSlot(cpu: KernelCpu, _asid: number, tlbGen: number): Protocol<number> {
  yield* cpu.barrier();
  return tlbGen;
}
