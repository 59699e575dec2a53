import type { Backend } from '../kernel/backend.js';
import { MM_NULL, TLB_REMOTE_SEND_IPI } from '../kernel/constants.js';
import { EV_TLB_FLUSH } from '../kernel/events.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';

/**
 * `native_flush_tlb_multi` (arch/x86/mm/tlb.c, since 5.13): IPIs to the targets, the local flush while they
 * are under way.
 *
 * A flush that freed tables goes to every CPU of the mask, lazy ones too: a lazy CPU never uses user
 * addresses, but its walker may still go through a cached entry into a table that is about to be freed (B6).
 */
export function* nativeFlushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void> {
  yield* cpu.event(EV_TLB_FLUSH, TLB_REMOTE_SEND_IPI, 0);
  const freedTables = yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  let everyCpu = freedTables !== 0 && cpu.features.freedTablesReachLazy;
  // Stragglers are to follow to the global ASID, whatever they run now.
  if (cpu.broadcasts && !everyCpu) {
    const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
    everyCpu = mm !== MM_NULL && (yield* cpu.fn.mmInAsidTransition(cpu, mm));
  }
  yield* cpu.fn.smpCallFunctionManyCond(cpu, mask, !everyCpu);
}

export const nativeBackend: Backend = {
  name: 'native',
  summary: 'IPIs, local and remote flush at the same time (Linux 5.13 and later)',
  has: { ipis: true },
  profile: '6.18',
  flushTlbMulti: nativeFlushTlbMulti,
};
