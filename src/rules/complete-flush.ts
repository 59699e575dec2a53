import type { Backend } from '../kernel/backend.js';
import { MM_NULL, TLB_FLUSH_ALL } from '../kernel/constants.js';
import { flushTlbFunc } from '../kernel/flush-tlb-func.js';
import type { KernelFunctions } from '../kernel/functions.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { findSlot } from './raise-slot.js';

/**
 * An IPI's flush that covers the mm's slot wherever it is. `flush_tlb_func` flushes what is loaded: a target
 * that runs another mm, or is lazy, returns without having flushed the slot that the rule is about to raise
 * (race R3). A hypercall, and a host at entry, flush every PCID; for IPIs the handler has to. Rules that
 * raise slots after a flush use it, except the one whose question it is (V15).
 */
export function* completeFlushTlbFunc(cpu: KernelCpu, initiator: number): Protocol<void> {
  const state = cpu.own.tlbstate;
  const mm = yield* cpu.readOnce(cpu.per[initiator].flushInfo.mm);
  if (mm !== MM_NULL) {
    const loadedMm = yield* cpu.readOnce(state.loadedMm);
    const isLazy = yield* cpu.readOnce(state.isLazy);
    if (mm !== loadedMm) yield* flushOtherSlot(cpu, initiator, mm);
    else if (isLazy !== 0) yield* flushLoadedSlot(cpu, initiator);
  }
  yield* flushTlbFunc(cpu, initiator);
}

/** The mm's slot is not loaded. Without PCIDs there is no such slot. */
function* flushOtherSlot(cpu: KernelCpu, initiator: number, mm: number): Protocol<void> {
  if (!cpu.scenario.pcid) return;
  const info = cpu.per[initiator].flushInfo;
  const end = yield* cpu.readOnce(info.end);
  const freedTables = yield* cpu.readOnce(info.freedTables);
  if (end === TLB_FLUSH_ALL || freedTables !== 0) {
    yield* cpu.invpcid(3, 0, 0);
    return;
  }
  const ctxId = yield* cpu.peek(cpu.mms[mm].ctxId);
  const asid = yield* findSlot(cpu, cpu.id, ctxId);
  if (asid < 0) return;
  const start = yield* cpu.readOnce(info.start);
  for (let page = start; page < end; page++) yield* cpu.invpcid(0, asid + 1, page);
}

/** The mm is loaded lazily: the handler will leave it without a flush. */
function* flushLoadedSlot(cpu: KernelCpu, initiator: number): Protocol<void> {
  const info = cpu.per[initiator].flushInfo;
  const end = yield* cpu.readOnce(info.end);
  if (end === TLB_FLUSH_ALL) {
    yield* cpu.fn.flushTlbLocal(cpu);
    return;
  }
  const start = yield* cpu.readOnce(info.start);
  for (let page = start; page < end; page++) yield* cpu.fn.flushTlbOneUser(cpu, page);
}

/**
 * What a rule replaces so that the backend's flush covers the slot: something where IPIs flush, nothing where
 * hosts do.
 */
export function completeFlush(backend: Backend): Partial<KernelFunctions> {
  return backend.has.ipis === true ? { flushTlbFunc: completeFlushTlbFunc } : {};
}
