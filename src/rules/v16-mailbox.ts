import { EV_ADDED_LOCKED } from '../kernel/events.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V16: a mailbox per target, one pair {ctx_id, g * 2 + full}. The initiator leaves a hint when its flush is
 * complete; only the owner writes to slots, and takes a hint when it is about to flush. Assumes that a hint
 * is true of its ctx_id for ever (facts F2, F3). Newer hints push older ones out.
 */
export function* leaveHint(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  const full = yield* requestIsFull(cpu);
  const cell = cpu.layout.rule.mailbox[target];
  for (;;) {
    const heldCtxId = yield* cpu.readOnce(cell);
    const hint = yield* cpu.readOnce(cell + 1);
    if (heldCtxId === ctxId && hint >> 1 >= tlbGen) return;
    yield* cpu.event(EV_ADDED_LOCKED, 0, 0);
    const done = yield* cpu.cmpxchgPair(cell, heldCtxId, hint, ctxId, tlbGen * 2 + (full ? 1 : 0));
    if (done !== 0) return;
  }
}

/**
 * The owner, about to flush, or how much: takes the hint into the slot. The two words must be of one hint:
 * read as a pair, by cmpxchg16b.
 */
export function* takeHint(cpu: KernelCpu, asid: number, tlbGen: number): Protocol<number> {
  const slot = cpu.own.tlbstate.ctxs[asid];
  const cell = cpu.layout.rule.mailbox[cpu.id];
  const ctxId = yield* cpu.readOnce(slot.ctxId);
  for (;;) {
    const heldCtxId = yield* cpu.readOnce(cell);
    if (heldCtxId !== ctxId) return tlbGen;
    const hint = yield* cpu.readOnce(cell + 1);
    const gen = hint >> 1;
    const newer = (hint & 1) !== 0 ? gen > tlbGen : gen === tlbGen + 1;
    if (!newer) return tlbGen;
    yield* cpu.event(EV_ADDED_LOCKED, 1, 0);
    const whole = yield* cpu.cmpxchgPair(cell, heldCtxId, hint, heldCtxId, hint);
    if (whole === 0) continue;
    yield* cpu.writeOnce(slot.tlbGen, gen);
    return gen;
  }
}

export const v16: Rule = {
  name: 'v16',
  action: 'leaves the generation in a mailbox, which the owner empties when it is about to flush',
  summary: 'leaves a hint {ctx_id, g, full} in a mailbox, which the owner takes when it is about to flush',
  assumes: 'the flush was complete before the hint is left',
  needsPair: true,
  senseless: fitsAll,
  functions: (backend) => ({
    ...afterFlush,
    ...completeFlush(backend),
    updateRemoteGen: leaveHint,
    reconsiderSlot: takeHint,
  }),
};
