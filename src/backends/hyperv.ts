import type { Backend } from '../kernel/backend.js';
import { HV_STATUS_SUCCESS } from '../kernel/hyperv.js';
import { hypervFillRequest, hypervNameTarget } from '../kernel/hyperv-target.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { nativeFlushTlbMulti } from './native.js';
import { nativeFlushTlbOthers } from './native-others.js';

/**
 * `hyperv_flush_tlb_multi` (arch/x86/hyperv/mmu.c; up to 5.12 hyperv_flush_tlb_others): one hypercall for all
 * targets, this CPU among them; IPIs where there is no hypercall page, where a processor cannot be named, and
 * where the host refuses.
 *
 * Nothing runs `flush_tlb_func` then: no slot's generation is raised, no lazy CPU leaves its mm, no
 * mm_cpumask bit is cleared.
 */
export function* hypervFlushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void> {
  if (cpu.layout.hyperv.hasHypercallPage) {
    yield* cpu.localIrqDisable();
    const status = yield* cpu.fn.hypervFlush(cpu, mask);
    yield* cpu.localIrqEnable();
    if (status === HV_STATUS_SUCCESS) return;
  }
  if (cpu.features.concurrentFlush) yield* nativeFlushTlbMulti(cpu, mask);
  else yield* nativeFlushTlbOthers(cpu, mask);
}

export const hypervBackend: Backend = {
  name: 'hyperv',
  summary:
    "Hyper-V's flush hypercalls: all processors, a mask of 64, or sparse banks; the space or an address " +
    'list; IPIs where they cannot be used',
  has: { ipis: true, virtualCpus: true, postedRequests: true },
  guestOf: 'hyperv',
  profile: '6.18',
  // It interrupts nobody, so lockless walkers are waited for by RCU: such guests have replaced
  // tlb_remove_table in every version.
  features: { rcuTableFree: true },
  functions: { fillRequest: hypervFillRequest, askByHypercall: hypervNameTarget },
  flushTlbMulti: hypervFlushTlbMulti,
};
