import type { Backend } from '../kernel/backend.js';
import { lowestBit } from '../kernel/cpumask.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { BY_ENTRY } from '../kernel/remote-flush.js';
import { KVM_VCPU_FLUSH_TLB, KVM_VCPU_PREEMPTED } from '../machine/hypervisor.js';
import type { Protocol } from '../machine/protocol.js';
import { nativeFlushTlbMulti } from './native.js';

/**
 * `kvm_flush_tlb_multi` (arch/x86/kernel/kvm.c, since 5.13; 4.16 as kvm_flush_tlb_others): a vCPU that the
 * host has put is asked, through the byte that it shares with the host, to be flushed before it runs again;
 * the others get the native flush.
 *
 * PREEMPTED and FLUSH_TLB share a byte so that the request can be made only while the vCPU is known to be
 * out: the host exchanges the byte with 0 before it lets the vCPU in. A cmpxchg that fails leaves the vCPU in
 * the mask.
 */
export function* kvmFlushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void> {
  const scratch = cpu.layout.kvm.mask[cpu.id];
  const preempted = cpu.layout.kvm.preempted;
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    yield* cpu.poke(scratch + word, bits);
    while (bits !== 0) {
      const bit = lowestBit(bits);
      bits = bits & (bits - 1);
      const state = yield* cpu.readOnce(preempted[word * 32 + bit]);
      if ((state & KVM_VCPU_PREEMPTED) !== 0) {
        yield* cpu.fn.beforeTargetFlush(cpu, word * 32 + bit);
        const seen = yield* cpu.cmpxchg(preempted[word * 32 + bit], state, state | KVM_VCPU_FLUSH_TLB);
        if (seen === state) {
          const left = yield* cpu.peek(scratch + word);
          yield* cpu.poke(scratch + word, left & ~(1 << bit));
          yield* cpu.fn.targetAsked(cpu, word * 32 + bit, BY_ENTRY);
        }
      }
    }
  }
  yield* nativeFlushTlbMulti(cpu, scratch);
}

/** The guest side; the host's is machine/hypervisor.ts, or a hypervisor's log (src/check). */
export const kvmPvBackend: Backend = {
  name: 'kvm',
  summary:
    'KVM paravirtual flush: vCPUs that the host has preempted are flushed before they run again, the ' +
    'others by IPI',
  has: { ipis: true, virtualCpus: true, preemptedByte: true },
  profile: '6.18',
  // It interrupts nobody, so lockless walkers are waited for by RCU: such guests have replaced
  // tlb_remove_table in every version.
  features: { rcuTableFree: true },
  flushTlbMulti: kvmFlushTlbMulti,
};
