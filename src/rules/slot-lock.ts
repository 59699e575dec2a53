import { EV_ADDED_LOCKED } from '../kernel/events.js';
import { isGlobalAsid } from '../kernel/global-asid.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { raisePlainly } from './raise-slot.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';

/**
 * A spinlock per CPU over its slots. Taken with interrupts off: an interrupt handler on the holder may switch
 * mms, and want another such lock.
 */

export function* raiseUnderLock(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  const full = yield* requestIsFull(cpu);
  yield* cpu.localIrqDisable();
  yield* cpu.event(EV_ADDED_LOCKED, 0, 0);
  yield* cpu.spinLock(cpu.layout.rule.lock[target]);
  yield* raisePlainly(cpu, target, ctxId, tlbGen, full);
  yield* cpu.spinUnlock(cpu.layout.rule.lock[target]);
  yield* cpu.localIrqEnable();
}

/**
 * The owner's side, in switch_mm_irqs_off with interrupts off: the two stores of a slot are one change to
 * whoever takes the lock.
 */
export function* storeSlotUnderLock(
  cpu: KernelCpu,
  asid: number,
  ctxId: number,
  tlbGen: number,
): Protocol<void> {
  // Under remote action requests a switch that flushes may be to a global ASID, which has no slot.
  if (isGlobalAsid(cpu, asid)) return;
  const lock = cpu.layout.rule.lock[cpu.id];
  yield* cpu.event(EV_ADDED_LOCKED, 1, 0);
  yield* cpu.spinLock(lock);
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].ctxId, ctxId);
  yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, tlbGen);
  yield* cpu.spinUnlock(lock);
}
