import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { raisePair } from './raise-slot.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V4: compare-exchange of the pair, after a complete flush, on the CPUs that it reached, and on no other.
 * Assumes that whatever the target did meanwhile, entries made after the flush are at least as new as g,
 * since every change up to g was visible before (facts F1, F2), and that no ctx_id is used twice (F5). The
 * owner's plain stores can only lower what is raised here (F4).
 */
export function* raiseFlushed(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  yield* raisePair(cpu, target, ctxId, tlbGen);
}

export const v4: Rule = {
  name: 'v4',
  action: 'compare-exchanges {ctx_id, tlb_gen} as a pair, after a full flush',
  summary: 'compare-exchanges the pair (X, old) to (X, max(old, g)) after a complete flush',
  assumes: 'the flush covered every PCID of exactly the CPUs that are updated',
  needsPair: true,
  senseless: fitsAll,
  functions: (backend) => ({ ...afterFlush, ...completeFlush(backend), updateRemoteGen: raiseFlushed }),
};
