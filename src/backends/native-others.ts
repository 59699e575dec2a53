import type { Backend } from '../kernel/backend.js';
import { cpumaskTestCpu } from '../kernel/cpumask.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { nativeFlushTlbMulti } from './native.js';

/**
 * `native_flush_tlb_others` (arch/x86/mm/tlb.c, up to 5.12): the same IPIs, after the local flush. That the
 * caller has flushed itself, and is left out here, is the profile's (feature concurrentFlush,
 * kernel/flush-mm-range.ts).
 *
 * Where no tables were freed it goes through `on_each_cpu_cond_mask`, which after the wait runs the targets'
 * function on this CPU too, if it is in the mask and not lazy: that finds its slot up to date, unless another
 * request came in between.
 */
export function* nativeFlushTlbOthers(cpu: KernelCpu, mask: number): Protocol<void> {
  yield* nativeFlushTlbMulti(cpu, mask);
  const freedTables = yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  if (freedTables !== 0 && cpu.features.freedTablesReachLazy) return;
  if (!(yield* cpumaskTestCpu(cpu, cpu.id, mask))) return;
  if (!(yield* cpu.fn.condFunc(cpu, cpu.id))) return;
  yield* cpu.localIrqDisable();
  yield* cpu.fn.flushTlbFunc(cpu, cpu.id, true);
  yield* cpu.localIrqEnable();
}

export const nativeOthersBackend: Backend = {
  name: 'native-5.10',
  summary: 'IPIs, local flush first, then the remote ones (up to Linux 5.12)',
  has: { ipis: true },
  profile: '5.10',
  flushTlbMulti: nativeFlushTlbOthers,
};
