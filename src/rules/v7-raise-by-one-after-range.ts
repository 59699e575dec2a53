import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { raisePair, raisePairByOne } from './raise-slot.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V7: V4, and after a range from g-1 to g only. Assumes that a slot at g-1 holds nothing older than g-1, so
 * that the range is all that lacked; in which order the two flushes came does not matter (fact F3).
 */
export function* raiseByOneAfterRange(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  const full = yield* requestIsFull(cpu);
  if (full) yield* raisePair(cpu, target, ctxId, tlbGen);
  else yield* raisePairByOne(cpu, target, ctxId, tlbGen);
}

export const v7: Rule = {
  name: 'v7',
  action:
    'compare-exchanges {ctx_id, tlb_gen} as a pair, after the flush; after a range only from the ' +
    'generation just before',
  summary: 'as v4; after a partial flush (X, g-1) to (X, g) only',
  assumes: 'a slot at g-1 is true, and the range covers all that changed at g',
  needsPair: true,
  senseless: fitsAll,
  functions: (backend) => ({
    ...afterFlush,
    ...completeFlush(backend),
    updateRemoteGen: raiseByOneAfterRange,
  }),
};
