import {
  EXIT_EMULATES,
  EXIT_PREEMPTED,
  EXIT_TO_USER_SPACE,
  HOST_OP_COMPLETE_ACCESS,
  HOST_OP_ENTER,
  HOST_OP_INVVPID_ALL,
  HOST_OP_INVVPID_CONTEXT,
  HOST_OP_PLACE,
  HOST_OP_PUT,
  HOST_OP_REASON,
} from '../machine/host-operations.js';
import { KVM_VCPU_FLUSH_TLB, KVM_VCPU_PREEMPTED } from '../machine/hypervisor.js';
import type { Protocol } from '../machine/protocol.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * KVM's side of a virtual CPU (arch/x86/kvm/x86.c, vmx/vmx.c, virt/kvm/kvm_main.c) as protocol code, for
 * backends whose host is machine/placed-host.ts: out, on again, perhaps on another physical CPU, and the
 * flushes that are owed at the entry. It runs on the vCPU's CPU, on top of whatever the guest did there.
 *
 * Words of `cpu.vcpu` that only the vCPU's own thread uses are looked at without a boundary.
 */

/** Bits of `vcpu.requests` that the entry looks at. */
export const KVM_REQ_TLB_FLUSH = 1;
export const KVM_REQ_STEAL_UPDATE = 2;

/**
 * From a VM exit to the next entry. Between the two the thread may be preempted once more, before it has told
 * the guest that the vCPU is back (B28).
 */
export function* kvmVcpuExit(cpu: KernelCpu): Protocol<void> {
  const reason = yield* cpu.hostOp(HOST_OP_REASON);
  yield* cpu.fn.kvmSchedOut(cpu, reason);
  yield* cpu.fn.kvmSchedIn(cpu);
  const again = yield* cpu.choose(2);
  if (again !== 0) {
    yield* cpu.fn.kvmSchedOut(cpu, reason);
    yield* cpu.fn.kvmSchedIn(cpu);
  }
  if (reason !== EXIT_PREEMPTED) yield* cpu.hostOp(HOST_OP_COMPLETE_ACCESS);
  yield* cpu.fn.vcpuEnterGuest(cpu);
}

/** `kvm_sched_out`, `kvm_arch_vcpu_put`: the thread leaves its physical CPU. */
export function* kvmSchedOut(cpu: KernelCpu, reason: number): Protocol<void> {
  yield* cpu.fn.kvmStealTimeSetPreempted(cpu, reason);
  const vpid = yield* cpu.fn.vpidOf(cpu);
  yield* cpu.hostOp(HOST_OP_PUT, vpid);
}

/**
 * `kvm_steal_time_set_preempted`. A plain store is enough: the byte is 0, since guests ask only where they
 * see the mark; unless the vCPU is marked already.
 */
export function* kvmStealTimeSetPreempted(cpu: KernelCpu, reason: number): Protocol<void> {
  if (reason === EXIT_EMULATES && cpu.features.hostMarksAtBoundary) return;
  if (reason === EXIT_TO_USER_SPACE && cpu.features.hostMarksPreemptedOnly) return;
  const marked = yield* cpu.peek(cpu.vcpu.stPreempted);
  if (marked !== 0 && cpu.features.hostRemembersMark) return;
  const moved = yield* cpu.peek(cpu.vcpu.pageMoved);
  if (moved === 0) yield* cpu.writeOnce(cpu.layout.kvm.preempted[cpu.id], KVM_VCPU_PREEMPTED);
  yield* cpu.poke(cpu.vcpu.stPreempted, KVM_VCPU_PREEMPTED);
}

/** `kvm_sched_in`: the thread gets a physical CPU, which may be another one. */
export function* kvmSchedIn(cpu: KernelCpu): Protocol<void> {
  const vpid = yield* cpu.fn.vpidOf(cpu);
  const pcpu = yield* cpu.hostOp(HOST_OP_PLACE, vpid);
  yield* cpu.fn.kvmArchVcpuLoad(cpu, pcpu);
}

/** The tag of the vCPU's translations, its own alone (`allocate_vpid`). */
export function* vpidOf(cpu: KernelCpu): Protocol<number> {
  const given = yield* cpu.peek(cpu.vcpu.vpid);
  if (given !== 0) return given;
  yield* cpu.poke(cpu.vcpu.vpid, cpu.id + 1);
  return cpu.id + 1;
}

/**
 * `kvm_arch_vcpu_load`, `vmx_vcpu_load_vmcs`: a physical CPU that the vCPU was on before may have old
 * translations of it, which nobody has flushed since; a flush is owed after every change.
 */
export function* kvmArchVcpuLoad(cpu: KernelCpu, pcpu: number): Protocol<void> {
  const { lastPcpu, requests } = cpu.vcpu;
  const last = yield* cpu.peek(lastPcpu);
  let wanted = yield* cpu.peek(requests);
  // 0: where it began.
  const isElsewhere = last === 0 ? pcpu !== cpu.id : pcpu + 1 !== last;
  if (isElsewhere) wanted |= KVM_REQ_TLB_FLUSH;
  yield* cpu.poke(lastPcpu, pcpu + 1);
  yield* cpu.poke(requests, wanted | KVM_REQ_STEAL_UPDATE);
}

/** `vcpu_enter_guest`: what is owed, then the VM entry, which is the last operation. */
export function* vcpuEnterGuest(cpu: KernelCpu): Protocol<void> {
  const wanted = yield* cpu.peek(cpu.vcpu.requests);
  yield* cpu.poke(cpu.vcpu.requests, 0);
  if ((wanted & KVM_REQ_TLB_FLUSH) !== 0) yield* cpu.fn.kvmVcpuFlushTlbAll(cpu);
  if ((wanted & KVM_REQ_STEAL_UPDATE) !== 0) yield* cpu.fn.recordStealTime(cpu);
  yield* cpu.hostOp(HOST_OP_ENTER);
}

/**
 * `record_steal_time`: takes the mark, and with it the flush that a guest may have asked for; a host before
 * 5.6 reads the byte and stores it (B27), one before 5.16 may do so where the guest does not look (B30).
 */
export function* recordStealTime(cpu: KernelCpu): Protocol<void> {
  const byte = cpu.layout.kvm.preempted[cpu.id];
  const marked = yield* cpu.peek(cpu.vcpu.stPreempted);
  if (marked === 0) return;
  yield* cpu.poke(cpu.vcpu.stPreempted, 0);
  const isElsewhere = yield* cpu.fn.stealTimeHasMoved(cpu);
  if (isElsewhere !== 0) return;
  let seen = 0;
  if (cpu.features.hostAtomicClear) seen = yield* cpu.xchg(byte, 0);
  else {
    seen = yield* cpu.readOnce(byte);
    yield* cpu.writeOnce(byte, 0);
  }
  if ((seen & KVM_VCPU_FLUSH_TLB) !== 0) yield* cpu.fn.kvmVcpuFlushTlbGuest(cpu);
}

/** Whether the host reaches a page that the guest has left; where it does not follow, for good. */
export function* stealTimeHasMoved(cpu: KernelCpu): Protocol<number> {
  if (cpu.features.hostFollowsPage) return 0;
  const word = cpu.vcpu.pageMoved;
  const before = yield* cpu.peek(word);
  if (before !== 0) return 1;
  const moves = yield* cpu.choose(2);
  yield* cpu.poke(word, moves);
  return moves;
}

/** `kvm_vcpu_flush_tlb_guest`, `vmx_flush_tlb_guest`: what is cached under the vCPU's VPID. */
export function* kvmVcpuFlushTlbGuest(cpu: KernelCpu): Protocol<void> {
  const vpid = yield* cpu.fn.vpidOf(cpu);
  yield* cpu.hostOp(HOST_OP_INVVPID_CONTEXT, vpid);
}

/** `kvm_vcpu_flush_tlb_all`, `vmx_flush_tlb_all`: all that the physical CPU has cached of guests. */
export function* kvmVcpuFlushTlbAll(cpu: KernelCpu): Protocol<void> {
  yield* cpu.hostOp(HOST_OP_INVVPID_ALL);
}
