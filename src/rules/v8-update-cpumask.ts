import { lowestBit } from '../kernel/cpumask.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { fitsAll, type Rule } from './rule.js';
import { raiseFlushed } from './v4-exchange-pair.js';

/**
 * V8: V4 over mm_cpumask as it is read again after the flush. Assumes that it is the set that was flushed;
 * lazy CPUs were left out of that, and others may have joined (races R5, R11).
 */
export function* updateCpumask(cpu: KernelCpu): Protocol<void> {
  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(cpu.mms[mm].cpumask + word);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      yield* raiseFlushed(cpu, word * 32 + bit);
    }
  }
}

export const v8: Rule = {
  name: 'v8',
  action:
    'compare-exchanges {ctx_id, tlb_gen} of the CPUs in mm_cpumask as it is after the flush, flushed or not',
  summary: 'as v4, on mm_cpumask read again after the flush',
  assumes: 'mm_cpumask is the set of CPUs that were flushed',
  needsPair: true,
  senseless: fitsAll,
  functions: (backend) => ({ ...completeFlush(backend), afterRemoteFlush: updateCpumask }),
};
