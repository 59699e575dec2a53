import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { raisePair } from './raise-slot.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestIsFull } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V9: V4 up to the mm's generation as it is read after the flush. Assumes that nobody has counted it up since
 * the flush began (race R8).
 */
export function* raiseToNewest(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
  yield* raisePair(cpu, target, ctxId, tlbGen);
}

export const v9: Rule = {
  name: 'v9',
  action: "compare-exchanges {ctx_id, tlb_gen} to the mm's generation as it is after the flush",
  summary: "as v4, to the mm's generation read again after the flush",
  assumes: 'no other flush of the mm has begun meanwhile',
  needsPair: true,
  senseless: fitsAll,
  functions: (backend) => ({ ...afterFlush, ...completeFlush(backend), updateRemoteGen: raiseToNewest }),
};
