import type { Protocol } from '../machine/protocol.js';
import { EV_SLOT_BEHIND } from './events.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * `choose_new_asid` (arch/x86/mm/tlb.c): which slot to use, and whether its TLB contents are too old. Returns
 * asid * 2 + needFlush.
 *
 * @assumes interrupts are off; nextTlbGen was read after SWITCHING was published.
 */
export function* chooseNewAsid(cpu: KernelCpu, next: number, nextTlbGen: number): Protocol<number> {
  const state = cpu.own.tlbstate;
  if (!cpu.scenario.pcid) return 1;
  if (cpu.broadcasts) {
    const choice = yield* cpu.fn.chooseGlobalAsid(cpu, next);
    if (choice >= 0) return choice;
  }
  const invalidateOther = yield* cpu.peek(state.invalidateOther);
  if (invalidateOther !== 0) yield* cpu.fn.clearAsidOther(cpu);
  const ctxId = yield* cpu.peek(cpu.mms[next].ctxId);
  for (let asid = 0; asid < state.ctxs.length; asid++) {
    const slotCtxId = yield* cpu.readOnce(state.ctxs[asid].ctxId);
    if (slotCtxId !== ctxId) continue;
    let slotGen = yield* cpu.fn.readSlotTlbGen(cpu, asid);
    if (slotGen < nextTlbGen) slotGen = yield* cpu.fn.reconsiderSlot(cpu, asid, slotGen);
    const stale = yield* cpu.fn.isSlotStale(cpu, slotGen, nextTlbGen);
    if (stale) yield* cpu.event(EV_SLOT_BEHIND, asid, next);
    return asid * 2 + (stale ? 1 : 0);
  }
  // None: round robin. The victim is overwritten by the caller, with a flush.
  let victim = yield* cpu.peek(state.nextAsid);
  if (victim >= state.ctxs.length) victim = 0;
  yield* cpu.poke(state.nextAsid, victim + 1);
  return victim * 2 + 1;
}

/**
 * choose_new_asid's `tlb_gen < next_tlb_gen`: whether a slot that holds the mm needs a flush. The test is
 * strict: a slot generation that is wrongly high silences flushes until the mm catches up.
 *
 * @assumes the slot holds the mm.
 */
export function* isSlotStale(cpu: KernelCpu, slotGen: number, nextTlbGen: number): Protocol<boolean> {
  yield* cpu.barrier();
  return cpu.features.strictSlotTest ? slotGen < nextTlbGen : slotGen <= nextTlbGen;
}

/**
 * `clear_asid_other` (PTI): kernel mappings changed, so every slot but the loaded one is dirty.
 *
 * @assumes interrupts are off.
 */
export function* clearAsidOther(cpu: KernelCpu): Protocol<void> {
  const state = cpu.own.tlbstate;
  const loaded = yield* cpu.readOnce(state.loadedMmAsid);
  for (let asid = 0; asid < state.ctxs.length; asid++)
    if (asid !== loaded) yield* cpu.writeOnce(state.ctxs[asid].ctxId, 0);
  yield* cpu.poke(state.invalidateOther, 0);
}
