import { lowestBit } from '../kernel/cpumask.js';
import { EV_ADDED_LOCKED } from '../kernel/events.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { raisePlainly } from './raise-slot.js';
import { forgetTargets, noteTarget } from './reached-targets.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';
import { storeSlotUnderLock } from './slot-lock.js';

/**
 * V13: V12 with the lock held from before the flush is sent until it is complete. Assumes that a target can
 * be flushed while it spins for the lock with interrupts off: by its host it can, by an IPI it cannot (race
 * R14).
 */
export function* forgetAll(cpu: KernelCpu): Protocol<void> {
  yield* forgetTargets(cpu);
  for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(cpu.layout.rule.held[cpu.id] + word, 0);
}

export function* lockTarget(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  if (ctxId === 0) return;
  const held = cpu.layout.rule.held[cpu.id] + (target >> 5);
  const bits = yield* cpu.peek(held);
  // Asked a second time, by another way: the lock is held already.
  if (((bits >>> (target & 31)) & 1) !== 0) return;
  yield* cpu.poke(held, bits | (1 << (target & 31)));
  yield* cpu.event(EV_ADDED_LOCKED, 0, 0);
  yield* cpu.spinLock(cpu.layout.rule.lock[target]);
}

export function* updateAndUnlock(cpu: KernelCpu): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  const full = yield* requestIsFull(cpu);
  for (let word = 0; word < cpu.maskWords; word++) {
    const flushed = yield* cpu.peek(cpu.layout.rule.flushed[cpu.id] + word);
    let bits = yield* cpu.peek(cpu.layout.rule.held[cpu.id] + word);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      if (((flushed >>> bit) & 1) !== 0) yield* raisePlainly(cpu, word * 32 + bit, ctxId, tlbGen, full);
      yield* cpu.spinUnlock(cpu.layout.rule.lock[word * 32 + bit]);
    }
  }
}

export const v13: Rule = {
  name: 'v13',
  action: 'holds that lock, which the owner takes too, across the flush',
  summary: 'as v12, with the lock held across the flush',
  assumes: 'a target that spins for the lock with interrupts off can still be flushed',
  senseless: fitsAll,
  functions: (backend) => ({
    ...completeFlush(backend),
    beforeRemoteFlush: forgetAll,
    beforeTargetFlush: lockTarget,
    targetAsked: noteTarget,
    afterRemoteFlush: updateAndUnlock,
    storeSlot: storeSlotUnderLock,
  }),
};
