import type { CpuState } from '../../src/explain/cpu-state.js';

/** A CPU's state, with interrupts on and nothing to tell. */
export function state(cpu: number, change: Partial<Omit<CpuState, 'cpu'>> = {}): CpuState {
  return { cpu, buffer: [], interrupts: true, pending: [], locks: [], notes: [], tlb: [], ...change };
}
