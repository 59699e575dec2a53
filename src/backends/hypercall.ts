import type { Backend } from '../kernel/backend.js';
import { TLB_REMOTE_SEND_IPI } from '../kernel/constants.js';
import { lowestBit } from '../kernel/cpumask.js';
import { EV_TLB_FLUSH } from '../kernel/events.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';

/**
 * A flush hypercall in the manner of `hyperv_flush_tlb_multi` (arch/x86/hyperv/mmu.c): the host flushes every
 * vCPU of the mask, running or not, this one included; lazy ones are left out when no tables are freed.
 * Nothing runs `flush_tlb_func`: no slot's generation is raised, no lazy CPU leaves its mm, no mm_cpumask bit
 * is cleared.
 */
export function* hypercallFlushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void> {
  yield* cpu.event(EV_TLB_FLUSH, TLB_REMOTE_SEND_IPI, 0);
  const freedTables = yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  yield* cpu.localIrqDisable();
  yield* cpu.fn.describeHypercall(cpu);
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      yield* cpu.fn.hypercallTarget(cpu, word * 32 + bit, freedTables !== 0);
    }
  }
  // The hypercall returns when every vCPU that runs has been flushed; those that are out are flushed before
  // they run again.
  yield* cpu.condLoadAcquire(cpu.layout.hypercall.outstanding[cpu.id], -1, 0);
  yield* cpu.localIrqEnable();
}

export const hypercallBackend: Backend = {
  name: 'hypercall',
  summary:
    'a flush hypercall in the manner of Hyper-V: the host flushes every vCPU of the mask, running or not',
  has: { virtualCpus: true, postedRequests: true },
  profile: '6.18',
  // It interrupts nobody, so lockless walkers are waited for by RCU: such guests have replaced
  // tlb_remove_table in every version.
  features: { rcuTableFree: true },
  flushTlbMulti: hypercallFlushTlbMulti,
};
