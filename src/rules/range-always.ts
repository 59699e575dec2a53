import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import type { Rule } from './rule.js';

/**
 * Ranges (question C11), answer (b): whoever asks for a range gets a range. Assumes that nothing else changed
 * since the slot's generation (invariant I5 says why that is wrong).
 */
export function* always(
  cpu: KernelCpu,
  _newTlbGen: number,
  _localTlbGen: number,
  _mmTlbGen: number,
): Protocol<boolean> {
  yield* cpu.barrier();
  return true;
}

export const rangeAlways: Rule = {
  name: 'range-always',
  action: 'flushes the range that is asked for, whatever the slot lacks',
  summary: 'a request for a range flushes that range, whatever generations the slot lacks',
  assumes: 'nothing else changed since the generation of the slot',
  senseless: ({ name }) => (name === 'native' ? null : 'a question about flush_tlb_func'),
  functions: () => ({ isPartialFlush: always }),
};
