import { INIT_MM, LOADED_MM_SWITCHING } from '../kernel/constants.js';
import { cpumaskClearCpu } from '../kernel/cpumask.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { shouldFlushTlb } from '../kernel/should-flush-tlb.js';
import type { Protocol } from '../machine/protocol.js';
import type { Rule } from './rule.js';

/**
 * mm_cpumask (question C3), answer (b): an initiator that finds a CPU with another mm loaded clears the CPU's
 * bit itself, without an IPI. Assumes that the CPU is not on its way back: it tests its bit, finds it set,
 * and does not set it again.
 */
export function* trimRemotely(cpu: KernelCpu, target: number): Protocol<boolean> {
  const isAsked = yield* shouldFlushTlb(cpu, target);
  if (isAsked) return true;
  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
  const loadedMm = yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMm);
  if (mm > INIT_MM && loadedMm !== mm && loadedMm !== LOADED_MM_SWITCHING)
    yield* cpumaskClearCpu(cpu, target, cpu.mms[mm].cpumask);
  return false;
}

export const maskTrimmedByOthers: Rule = {
  name: 'mask-trimmed-by-others',
  action: 'clears the bit of a CPU that has another mm loaded',
  summary: 'an initiator clears the mm_cpumask bits of CPUs that it finds with another mm loaded',
  assumes: 'a CPU that has left the mm does not come back to it meanwhile',
  senseless: ({ name }) => (name === 'native' ? null : 'a question about mm_cpumask under IPIs'),
  functions: () => ({ shouldFlushTlb: trimRemotely }),
};
