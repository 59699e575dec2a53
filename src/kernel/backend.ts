import type { Protocol } from '../machine/protocol.js';
import type { Features } from './features.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * The port through which the kernel reaches the other CPUs; `src/backends` has what plugs into it.
 */

/** How a flush reaches the other CPUs. Adding one is adding one file and one line in backends/index.ts. */
export interface Backend {
  readonly name: string;
  readonly summary: string;
  /** Who is under the kernel: bare metal; a KVM host, which marks vCPUs that it preempts; a hypervisor that serves flush hypercalls. */
  readonly host: 'none' | 'kvm' | 'hypercall';
  /** The profile whose variants with this backend have no other profile named. */
  readonly profile: string;
  /** What a kernel on it does whatever its version, e.g. that a paravirtual guest frees page tables through RCU. */
  readonly features?: Partial<Features>;
  /**
   * `flush_tlb_multi`: has the request of `cpu` (its flush_tlb_info) carried out on every CPU of `mask` that needs it, `cpu` included,
   * and returns when that is done. Before 5.13 (feature concurrentFlush off) it is `flush_tlb_others`: `cpu` has been flushed already.
   */
  flushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void>;
}
