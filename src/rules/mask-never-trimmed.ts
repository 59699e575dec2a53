import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import type { Rule } from './rule.js';

/**
 * mm_cpumask (question C3), answer (a): no flush trims it. A CPU's bit goes only where an IPI finds another
 * mm loaded, so the mask is close to "every CPU that ever ran the mm", and the filter by loaded_mm does the
 * work: as a scan of all CPUs would.
 */
export function* neverTrim(cpu: KernelCpu, _mm: number): Protocol<boolean> {
  yield* cpu.barrier();
  return false;
}

export const maskNeverTrimmed: Rule = {
  name: 'mask-never-trimmed',
  action: 'lets no flush trim mm_cpumask',
  summary: 'mm_cpumask is never trimmed: bits of CPUs that have left the mm stay',
  assumes: 'should_flush_tlb leaves out who runs another mm',
  senseless: ({ name }) => (name === 'native' ? null : 'a question about mm_cpumask under IPIs'),
  functions: () => ({ shouldTrimCpumask: neverTrim }),
};
