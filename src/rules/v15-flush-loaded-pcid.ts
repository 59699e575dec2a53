import { describeHypercall } from '../kernel/hypercall.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { FLUSH_LOADED_PCID } from '../machine/hypervisor.js';
import type { Protocol } from '../machine/protocol.js';
import { afterFlush } from './reached-targets.js';
import { requestIsFull } from './request.js';
import { fitsAll, type Rule } from './rule.js';
import { raiseFlushed } from './v4-exchange-pair.js';

/**
 * V15: V4 after a flush of the loaded PCID only, which is what an IPI's flush_tlb_func does, and here the
 * host too. Assumes that the mm's slot is the loaded one (race R3).
 */
export function* describeLoadedOnly(cpu: KernelCpu): Protocol<void> {
  yield* describeHypercall(cpu);
  if (yield* requestIsFull(cpu)) yield* cpu.writeOnce(cpu.layout.hypercall.wanted[cpu.id], FLUSH_LOADED_PCID);
}

export const v15: Rule = {
  name: 'v15',
  action: 'compare-exchanges {ctx_id, tlb_gen} after a flush of the loaded PCID only',
  summary: 'as v4, after a flush of the loaded PCID only',
  assumes: "the mm's slot is the one that is loaded",
  needsPair: true,
  entryFlushesLoadedPcid: true,
  senseless: fitsAll,
  functions: () => ({ ...afterFlush, describeHypercall: describeLoadedOnly, updateRemoteGen: raiseFlushed }),
};
