import type { Protocol } from '../../machine/protocol.js';
import type { KernelCpu } from '../kernel-cpu.js';

/**
 * global_asid_lock of the RAR series: with interrupts on, since whoever holds it may ask for a flush of
 * everything, and requests are waited for with interrupts on.
 */

/** `raw_spin_lock(&global_asid_lock)`. */
export function* rarLockGlobalAsids(cpu: KernelCpu): Protocol<void> {
  yield* cpu.spinLock(cpu.layout.globalAsids.lock);
}

/** `raw_spin_unlock(&global_asid_lock)`. */
export function* rarUnlockGlobalAsids(cpu: KernelCpu): Protocol<void> {
  yield* cpu.spinUnlock(cpu.layout.globalAsids.lock);
}

/** `flush_tlb_all`, where CPUs have remote action requests: before global ASIDs are handed out anew. */
export function* rarFlushAll(cpu: KernelCpu): Protocol<void> {
  yield* cpu.fn.rarFullFlush(cpu, cpu.layout.rar.onlineMask);
}
