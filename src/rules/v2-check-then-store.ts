import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { findSlot } from './raise-slot.js';
import { afterFlush } from './reached-targets.js';
import { requestCtxId, requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V2: check, then act. Assumes that a slot is not recycled between the look at its ctx_id and the store to
 * its generation (race R1).
 */
export function* checkThenStore(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const ctxId = yield* requestCtxId(cpu);
  const asid = yield* findSlot(cpu, target, ctxId);
  if (asid < 0) return;
  const tlbGen = yield* requestTlbGen(cpu);
  yield* cpu.writeOnce(cpu.per[target].tlbstate.ctxs[asid].tlbGen, tlbGen);
}

export const v2: Rule = {
  name: 'v2',
  action: 'looks the slot up by its ctx_id, then stores to it plainly',
  summary: 'finds the slot by its ctx_id, then stores g to it plainly',
  assumes: 'the slot is not recycled between the check and the store',
  senseless: fitsAll,
  functions: (backend) => ({ ...afterFlush, ...completeFlush(backend), updateRemoteGen: checkThenStore }),
};
