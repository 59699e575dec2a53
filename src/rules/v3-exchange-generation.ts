import { EV_ADDED_LOCKED } from '../kernel/events.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { findSlot } from './raise-slot.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V3: compare-exchange of the generation alone. Assumes that a slot recycled after the look at its ctx_id has
 * another generation than before; two mms may well have the same one, and the two halves of a slot change in
 * two stores (race R12).
 */
export function* exchangeGenAlone(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid < 0) return;
  const word = cpu.per[target].tlbstate.ctxs[asid].tlbGen;
  const old = yield* cpu.readOnce(word);
  if (old >= tlbGen) return;
  yield* cpu.event(EV_ADDED_LOCKED, 0, 0);
  yield* cpu.cmpxchg(word, old, tlbGen);
}

export const v3: Rule = {
  name: 'v3',
  action: 'looks the slot up by its ctx_id, then compare-exchanges the generation alone',
  summary: 'finds the slot by its ctx_id, then compare-exchanges its generation alone',
  assumes: 'a recycled slot has another generation',
  senseless: fitsAll,
  functions: (backend) => ({ ...afterFlush, ...completeFlush(backend), updateRemoteGen: exchangeGenAlone }),
};
