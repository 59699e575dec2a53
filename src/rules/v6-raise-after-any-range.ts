import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { raisePair } from './raise-slot.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V6: V4 after ranges too. Assumes that a range says something of everything up to g; what changed at an
 * earlier generation, whose flush is still under way, may lie outside it (race R2).
 */
export function* raiseWhateverRange(cpu: KernelCpu, target: number): Protocol<void> {
  const ctxId = yield* requestCtxId(cpu);
  const tlbGen = yield* requestTlbGen(cpu);
  yield* raisePair(cpu, target, ctxId, tlbGen);
}

export const v6: Rule = {
  name: 'v6',
  action:
    'compare-exchanges {ctx_id, tlb_gen} as a pair, after any flush, of a range too, from ' +
    'whatever generation',
  summary: 'as v4, after partial flushes too: (X, old) to (X, max(old, g))',
  assumes: 'nothing outside the range changed at a generation that the slot has not reached',
  needsPair: true,
  senseless: fitsAll,
  functions: (backend) => ({ ...afterFlush, ...completeFlush(backend), updateRemoteGen: raiseWhateverRange }),
};
