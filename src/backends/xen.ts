import type { Backend } from '../kernel/backend.js';
import { cpumaskNext } from '../kernel/cpumask.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import {
  xenChangePte,
  xenEnterLazyMmu,
  xenExitMmap,
  xenFlushTlbFunc,
  xenLeaveLazyMmu,
  xenWriteCr3,
} from '../kernel/xen-guest.js';
import type { Protocol } from '../machine/protocol.js';

/**
 * `xen_flush_tlb_multi` (arch/x86/xen/mmu_pv.c; up to 5.12 xen_flush_tlb_others, without this CPU): one
 * multicall entry for all of the mask, queued behind what lazy MMU mode has queued.
 *
 * It asks nobody whether it is lazy, and whether tables were freed is no question. Nothing runs
 * `flush_tlb_func`: no slot's generation is raised, no lazy CPU leaves its mm, no mm_cpumask bit is cleared.
 */
export function* xenFlushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void> {
  const { flushQueued, lazyMmu, mask: vcpus } = cpu.layout.xen;
  if ((yield* cpumaskNext(cpu, 0, mask)) < 0) return;
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    if (!cpu.features.concurrentFlush && word === cpu.id >> 5) bits = bits & ~(1 << (cpu.id & 31));
    yield* cpu.poke(vcpus[cpu.id] + word, bits);
  }
  yield* cpu.poke(flushQueued[cpu.id], 1);
  const isLazyMmu = yield* cpu.peek(lazyMmu[cpu.id]);
  if (isLazyMmu === 0) yield* cpu.fn.xenMcFlush(cpu);
}

export const xenBackend: Backend = {
  name: 'xen',
  summary:
    'Xen PV: one multicall for all of the mask, behind queued page-table updates; no PCIDs, CR3 loaded by ' +
    'the hypervisor',
  has: { virtualCpus: true, postedRequests: true },
  guestOf: 'xen',
  profile: '6.18',
  // It interrupts nobody, so lockless walkers are waited for by RCU: such guests have replaced
  // tlb_remove_table in every version.
  features: { rcuTableFree: true },
  functions: {
    writeMmCr3: xenWriteCr3,
    enterLazyMmu: xenEnterLazyMmu,
    leaveLazyMmu: xenLeaveLazyMmu,
    changePte: xenChangePte,
    archExitMmap: xenExitMmap,
    flushTlbFunc: xenFlushTlbFunc,
  },
  flushTlbMulti: xenFlushTlbMulti,
};
