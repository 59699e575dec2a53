import { EV_ADDED_LOCKED } from '../kernel/events.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { findSlot } from './raise-slot.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V18: the other direction, for a flush that nobody confirms: makes sure that the target flushes at its next
 * switch. Lowering is always legal (invariant I6), if it is the right slot that is lowered. Here every remote
 * flush is taken for one that was not confirmed.
 */

/** (a): compare-exchange of the pair to generation 0; never up. */
export function* lowerPair(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid < 0) return;
  const slot = cpu.per[target].tlbstate.ctxs[asid];
  for (;;) {
    const old = yield* cpu.readOnce(slot.tlbGen);
    if (old === 0) return;
    yield* cpu.event(EV_ADDED_LOCKED, 0, 0);
    const done = yield* cpu.cmpxchgPair(slot.ctxId, ctxId, old, ctxId, 0);
    if (done !== 0) return;
    const seen = yield* cpu.readOnce(slot.ctxId);
    if (seen !== ctxId) return;
  }
}

/**
 * (a'): a plain store of g-1 to the slot found by its ctx_id: a raise, if the slot is another mm's by then.
 */
export function* storeGenBefore(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid >= 0) yield* cpu.writeOnce(cpu.per[target].tlbstate.ctxs[asid].tlbGen, tlbGen - 1);
}

/** (b): a plain store of 0 to its ctx_id: the slot is nobody's, whoever had it. */
export function* clearCtxId(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid >= 0) yield* cpu.writeOnce(cpu.per[target].tlbstate.ctxs[asid].ctxId, 0);
}

const assumes = 'it is the right slot that is written to; nothing is asked of the flush';
export const v18a: Rule = {
  name: 'v18a',
  action: 'lowers the slot to generation 0 by compare-exchange of the pair, never up',
  summary: 'lowers the pair (X, old) to (X, 0) by compare-exchange, never up',
  assumes,
  needsPair: true,
  senseless: fitsAll,
  functions: () => ({ ...afterFlush, updateRemoteGen: lowerPair }),
};
export const v18aPlain: Rule = {
  name: 'v18a-plain',
  action: 'lowers the slot by a plain store',
  summary: 'stores g-1 plainly to the slot found by its ctx_id',
  assumes,
  senseless: fitsAll,
  functions: () => ({ ...afterFlush, updateRemoteGen: storeGenBefore }),
};
export const v18b: Rule = {
  name: 'v18b',
  action: 'takes the slot away: stores 0 to its ctx_id',
  summary: 'stores 0 to the ctx_id of the slot found by its ctx_id',
  assumes,
  senseless: fitsAll,
  functions: () => ({ ...afterFlush, updateRemoteGen: clearCtxId }),
};
