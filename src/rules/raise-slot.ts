import { EV_ADDED_LOCKED } from '../kernel/events.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';

/**
 * Ways of writing to another CPU's slot. Its index is not stable and never taken from `loaded_mm_asid` (fact
 * F6): a slot is found by its ctx_id, which no other mm ever has.
 */

/** The target's slot with this ctx_id, or -1. It can be another mm's before the caller acts. */
export function* findSlot(cpu: KernelCpu, target: number, ctxId: number): Protocol<number> {
  const ctxs = cpu.per[target].tlbstate.ctxs;
  for (let asid = 0; asid < ctxs.length; asid++) {
    const seen = yield* cpu.readOnce(ctxs[asid].ctxId);
    if (seen === ctxId) return asid;
  }
  return -1;
}

/**
 * Raises the target's slot of the mm to `tlbGen` by one compare-exchange of the pair: it is still the mm's,
 * and nobody has raised it further.
 */
export function* raisePair(cpu: KernelCpu, target: number, ctxId: number, tlbGen: number): Protocol<void> {
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid < 0) return;
  const slot = cpu.per[target].tlbstate.ctxs[asid];
  for (;;) {
    const old = yield* cpu.readOnce(slot.tlbGen);
    if (old >= tlbGen) return;
    yield* cpu.event(EV_ADDED_LOCKED, 0, 0);
    const done = yield* cpu.cmpxchgPair(slot.ctxId, ctxId, old, ctxId, tlbGen);
    if (done !== 0) return;
    const seen = yield* cpu.readOnce(slot.ctxId);
    if (seen !== ctxId) return;
  }
}

/**
 * Raises the slot from the generation before to `tlbGen`, and from no other: a range says nothing of what
 * changed earlier (invariant I5).
 */
export function* raisePairByOne(
  cpu: KernelCpu,
  target: number,
  ctxId: number,
  tlbGen: number,
): Protocol<void> {
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid < 0) return;
  yield* cpu.event(EV_ADDED_LOCKED, 0, 0);
  yield* cpu.cmpxchgPair(cpu.per[target].tlbstate.ctxs[asid].ctxId, ctxId, tlbGen - 1, ctxId, tlbGen);
}

/**
 * Raises the slot by plain loads and stores, under whatever excludes others: to `tlbGen` after a full flush,
 * from the one before after a range.
 */
export function* raisePlainly(
  cpu: KernelCpu,
  target: number,
  ctxId: number,
  tlbGen: number,
  full: boolean,
): Protocol<void> {
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid < 0) return;
  const slot = cpu.per[target].tlbstate.ctxs[asid];
  const old = yield* cpu.readOnce(slot.tlbGen);
  const raise = full ? old < tlbGen : old === tlbGen - 1;
  if (raise) yield* cpu.writeOnce(slot.tlbGen, tlbGen);
}
