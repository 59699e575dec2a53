import { INIT_MM } from '../kernel/constants.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import type { Rule } from './rule.js';

/**
 * Lazy CPUs under a paravirtual flush, answer (b): none. A CPU that goes to a kernel thread leaves the mm at
 * once. Runs with interrupts off.
 */
export function* leaveAtOnce(cpu: KernelCpu): Protocol<void> {
  yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
}

export const lazyOff: Rule = {
  name: 'lazy-off',
  action: 'has no lazy mode',
  summary: 'no lazy mode: a CPU that goes to a kernel thread leaves the mm',
  assumes: 'nothing',
  senseless: ({ has }) => (has.virtualCpus === true ? null : 'a question about paravirtual flushes'),
  functions: () => ({ enterLazyTlb: leaveAtOnce }),
};
