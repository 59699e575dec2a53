import type { Backend } from '../kernel/backend.js';
import type { KernelFunctions } from '../kernel/functions.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';

/**
 * For rules that look at each target of a hypercall: a Hyper-V guest that asks for all processors at once
 * looks at none.
 */
export function* neverEveryCpu(cpu: KernelCpu, _mask: number): Protocol<boolean> {
  yield* cpu.barrier();
  return false;
}

export function askOneByOne({ guestOf }: Backend): Partial<KernelFunctions> {
  return guestOf === 'hyperv' ? { hypervIsEveryCpu: neverEveryCpu } : {};
}
