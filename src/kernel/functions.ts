import type { Protocol } from '../machine/protocol.js';
import * as batchedUnmap from './batched-unmap.js';
import * as broadcastFlush from './broadcast-flush.js';
import * as chooseNewAsid from './choose-new-asid.js';
import * as flushMmRange from './flush-mm-range.js';
import * as flushTlbFunc from './flush-tlb-func.js';
import * as globalAsid from './global-asid.js';
import * as hypercall from './hypercall.js';
import * as hyperv from './hyperv.js';
import type { KernelCpu } from './kernel-cpu.js';
import * as kvmHost from './kvm-host.js';
import * as lazy from './lazy.js';
import * as exit from './mm/exit.js';
import * as fault from './mm/fault.js';
import * as fork from './mm/fork.js';
import * as madvise from './mm/madvise.js';
import * as map from './mm/map.js';
import * as pageTable from './mm/page-table.js';
import * as protect from './mm/protect.js';
import * as reclaim from './mm/reclaim.js';
import * as zap from './mm/zap.js';
import * as mmuGather from './mmu-gather.js';
import * as rarRequest from './rar/request.js';
import * as rarTlbFlush from './rar/tlb-flush.js';
import * as rarTrim from './rar/trim.js';
import * as remoteFlush from './remote-flush.js';
import * as rwsem from './rwsem.js';
import * as sched from './sched.js';
import * as script from './script.js';
import * as shouldFlush from './should-flush-tlb.js';
import * as slots from './slots.js';
import * as smp from './smp.js';
import * as switchMm from './switch-mm.js';
import * as xen from './xen.js';

/**
 * Every protocol function under its name: the table through which they call each other, so that a variant can
 * replace single ones.
 */
export const kernelFunctions = {
  ...protocolFunctions(batchedUnmap),
  ...protocolFunctions(broadcastFlush),
  ...protocolFunctions(chooseNewAsid),
  ...protocolFunctions(flushMmRange),
  ...protocolFunctions(flushTlbFunc),
  ...protocolFunctions(globalAsid),
  ...protocolFunctions(hypercall),
  ...protocolFunctions(hyperv),
  ...protocolFunctions(kvmHost),
  ...protocolFunctions(lazy),
  ...protocolFunctions(exit),
  ...protocolFunctions(fault),
  ...protocolFunctions(fork),
  ...protocolFunctions(madvise),
  ...protocolFunctions(map),
  ...protocolFunctions(pageTable),
  ...protocolFunctions(protect),
  ...protocolFunctions(reclaim),
  ...protocolFunctions(zap),
  ...protocolFunctions(mmuGather),
  ...protocolFunctions(rarRequest),
  ...protocolFunctions(rarTlbFlush),
  ...protocolFunctions(rarTrim),
  ...protocolFunctions(remoteFlush),
  ...protocolFunctions(rwsem),
  ...protocolFunctions(sched),
  ...protocolFunctions(script),
  ...protocolFunctions(shouldFlush),
  ...protocolFunctions(slots),
  ...protocolFunctions(smp),
  ...protocolFunctions(switchMm),
  ...protocolFunctions(xen),
};

/** The table, and the backend's way to reach other CPUs. */
export type KernelFunctions = typeof kernelFunctions & {
  flushTlbMulti(cpu: KernelCpu, mask: number): Protocol<void>;
  /** Of C text that recordings are checked with: before switch_mm_irqs_off writes CR3. */
  beforeCr3?(cpu: KernelCpu, asid: number, needFlush: boolean): Protocol<void>;
};

type ProtocolFunctionsOf<M> = {
  [N in keyof M as M[N] extends (...args: never[]) => Generator<undefined, unknown, number>
    ? N
    : never]: M[N];
};

/** A module's functions; only protocol functions are visible in the type. */
function protocolFunctions<M extends object>(module: M): ProtocolFunctionsOf<M> {
  const entries = Object.entries(module).filter(([, value]) => typeof value === 'function');
  return Object.fromEntries(entries) as ProtocolFunctionsOf<M>;
}
