import type { Protocol } from '../machine/protocol.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * The port through which the kernel reaches the other CPUs; `src/backends` has what plugs into it.
 */

/** How a flush reaches the other CPUs. Adding one is adding one file and one line in backends/index.ts. */
export interface Backend {
  readonly name: string;
  readonly summary: string;
  /**
   * `flush_tlb_multi`: has the request of `cpu` (its flush_tlb_info) carried out on every CPU of `mask` that needs it, `cpu` included,
   * and returns when that is done.
   */
  flushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void>;
}
