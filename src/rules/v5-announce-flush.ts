import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { raisePair } from './raise-slot.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V5: V4 before the flush ("announce, then flush"). Assumes that a target which claims g can no longer decide
 * anything from it before the flush comes; it can skip the flush itself as already done (fact F7).
 */
export function* announceFlush(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const ctxId = yield* requestCtxId(cpu);
  // A batched unmap names no mm.
  if (ctxId === 0) return;
  const tlbGen = yield* requestTlbGen(cpu);
  yield* raisePair(cpu, target, ctxId, tlbGen);
}

export const v5: Rule = {
  name: 'v5',
  action: 'compare-exchanges {ctx_id, tlb_gen} as a pair, before the flush',
  summary: 'as v4, but before the flush',
  assumes: 'nobody decides from the raised generation before the flush has come',
  needsPair: true,
  senseless: fitsAll,
  functions: (backend) => ({ ...completeFlush(backend), beforeTargetFlush: announceFlush }),
};
