import type { Protocol } from '../machine/protocol.js';
import { PTE_DIRTY } from '../machine/pte.js';
import { MM_NULL, TLB_FLUSH_ALL, TLB_GENERATION_INVALID } from './constants.js';
import { cpumaskAnyOther, cpumaskTestCpu } from './cpumask.js';
import { EV_BATCH_BROADCAST } from './events.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * Batched unmap (mm/rmap.c, arch/x86/mm/tlb.c): reclaim clears entries now and flushes once for many, before
 * a page is freed or written.
 */

/** mm.tlb_flush_batched: pending batches in the low half, flushed ones in the high half. */
const PENDING_MASK = 0x7fff;
const PENDING_LARGE = PENDING_MASK >> 1;
const FLUSHED_SHIFT = 16;

/** `should_defer_flush`: batching pays only if another CPU must be reached. */
export function* shouldDeferFlush(cpu: KernelCpu, mm: number): Protocol<boolean> {
  return yield* cpumaskAnyOther(cpu, cpu.mms[mm].cpumask);
}

/** `set_tlb_ubc_flush_pending`: under the page-table lock, after the entry was cleared. */
export function* setTlbUbcFlushPending(cpu: KernelCpu, mm: number, pte: number): Protocol<void> {
  const ubc = cpu.own.ubc;
  yield* cpu.fn.archTlbbatchAddPending(cpu, mm);
  yield* cpu.poke(ubc.flushRequired, 1);
  // The mark must be visible before the lock is dropped: whoever takes the lock next and finds the entry
  // empty must see it (B36).
  yield* cpu.fn.markTlbFlushBatched(cpu, mm);
  if ((pte & PTE_DIRTY) !== 0) yield* cpu.poke(ubc.writable, 1);
}

/** `arch_tlbbatch_add_pending`. */
export function* archTlbbatchAddPending(cpu: KernelCpu, mm: number): Protocol<void> {
  const ubc = cpu.own.ubc;
  if (cpu.broadcasts && cpu.features.batchByMm && (yield* cpu.fn.batchBroadcast(cpu, mm))) return;
  yield* cpu.fn.incMmTlbGen(cpu, mm);
  for (let word = 0; word < cpu.maskWords; word++) {
    const bits = yield* cpu.readOnce(cpu.mms[mm].cpumask + word);
    const batch = yield* cpu.peek(ubc.cpumask + word);
    yield* cpu.poke(ubc.cpumask + word, batch | bits);
  }
  if (!cpu.features.batchByMm) yield* cpu.poke(ubc.unmappedPages, 1);
}

/**
 * arch_tlbbatch_add_pending as the postings of the series had it (v2 to v7): an mm with a global ASID is
 * broadcast at once, and waited for in arch_tlbbatch_flush. Answers whether that was all: CPUs that still run
 * it under an ASID of their own need an IPI as well (B20b).
 */
export function* batchBroadcast(cpu: KernelCpu, mm: number): Protocol<boolean> {
  const asid = yield* cpu.fn.mmGlobalAsid(cpu, mm);
  if (asid === 0) return false;
  yield* cpu.fn.invlpgbFlushSinglePcidNosync(cpu, asid);
  yield* cpu.poke(cpu.own.ubc.unmappedPages, 1);
  if (!cpu.features.batchSeesTransition) return true;
  return !(yield* cpu.fn.mmInAsidTransition(cpu, mm));
}

/**
 * set_tlb_ubc_flush_pending: counts one more pending batch; above half of the range the word is reset to (1
 * pending, 0 flushed), so that it never wraps.
 */
export function* markTlbFlushBatched(cpu: KernelCpu, mm: number): Protocol<void> {
  const word = cpu.mms[mm].tlbFlushBatched;
  if (!cpu.features.batchedPendingCounters) {
    yield* cpu.writeOnce(word, 1);
    return;
  }
  let batch = yield* cpu.readOnce(word);
  while ((batch & PENDING_MASK) > PENDING_LARGE) {
    const seen = yield* cpu.cmpxchg(word, batch, 1);
    if (seen === batch) return;
    batch = seen;
  }
  yield* cpu.incReturn(word);
}

/**
 * `flush_tlb_batched_pending`: under the page-table lock, before entries are looked at. Without it munmap or
 * mprotect finds an entry that reclaim cleared, thinks there is nothing to flush, and returns while another
 * CPU can still write through it (B36).
 *
 * @assumes the page-table lock is held.
 */
export function* flushTlbBatchedPending(cpu: KernelCpu, mm: number): Protocol<void> {
  if (!cpu.features.flushBatchedPending) return;
  const word = cpu.mms[mm].tlbFlushBatched;
  const batch = yield* cpu.readOnce(word);
  if (!cpu.features.batchedPendingCounters) {
    if (batch === 0) return;
    yield* cpu.fn.flushTlbMm(cpu, mm);
    // Erases a mark that another CPU set during the flush (B38).
    yield* cpu.writeOnce(word, 0);
    return;
  }
  const pending = batch & PENDING_MASK;
  const flushed = batch >> FLUSHED_SHIFT;
  if (pending === flushed) return;
  yield* cpu.fn.flushTlbMm(cpu, mm);
  // Only if nobody batched more meanwhile: what came later is not flushed yet (B38).
  yield* cpu.cmpxchg(word, batch, pending | (pending << FLUSHED_SHIFT));
}

/** `flush_tlb_mm`: everything, tables included. */
export function* flushTlbMm(cpu: KernelCpu, mm: number): Protocol<void> {
  yield* cpu.fn.flushTlbMmRange(cpu, mm, 0, TLB_FLUSH_ALL, 0, true);
}

/** `try_to_unmap_flush`: must happen before a page of the batch is freed. */
export function* tryToUnmapFlush(cpu: KernelCpu): Protocol<void> {
  const ubc = cpu.own.ubc;
  const required = yield* cpu.peek(ubc.flushRequired);
  if (required === 0) return;
  yield* cpu.fn.archTlbbatchFlush(cpu);
  yield* cpu.poke(ubc.flushRequired, 0);
  yield* cpu.poke(ubc.writable, 0);
}

/** `try_to_unmap_flush_dirty`: must happen before a dirty page of the batch is written out. */
export function* tryToUnmapFlushDirty(cpu: KernelCpu): Protocol<void> {
  const writable = yield* cpu.peek(cpu.own.ubc.writable);
  if (writable !== 0) yield* cpu.fn.tryToUnmapFlush(cpu);
}

/** `arch_tlbbatch_flush`: one flush, of whatever each CPU has loaded, on every CPU of the batch. */
export function* archTlbbatchFlush(cpu: KernelCpu): Protocol<void> {
  const mask = cpu.own.ubc.cpumask;
  yield* cpu.fn.getFlushTlbInfo(cpu, MM_NULL, 0, TLB_FLUSH_ALL, 0, false, TLB_GENERATION_INVALID);
  if (cpu.broadcasts && (yield* cpu.fn.flushBatchByBroadcast(cpu))) {
    for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(mask + word, 0);
    return;
  }
  const others = yield* cpumaskAnyOther(cpu, mask);
  // Before 5.13 the local flush comes first, and the backend does not do it.
  if (!others || !cpu.features.concurrentFlush) {
    if (yield* cpumaskTestCpu(cpu, cpu.id, mask)) yield* cpu.fn.flushHere(cpu);
  }
  if (others) yield* cpu.fn.flushTlbMulti(cpu, mask);
  for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(mask + word, 0);
}

/**
 * arch_tlbbatch_flush since 6.15, where CPUs broadcast: one flush of everything, whoever is in the mask.
 * Answers whether that was all. As posted, with broadcasts of each mm, it waits for those, and the CPUs of
 * the mask get IPIs for the other mms; doing only one of the two loses the other's (B20a).
 */
export function* flushBatchByBroadcast(cpu: KernelCpu): Protocol<boolean> {
  const { unmappedPages } = cpu.own.ubc;
  const unmapped = yield* cpu.peek(unmappedPages);
  if (unmapped === 0) return false;
  yield* cpu.poke(unmappedPages, 0);
  yield* cpu.event(EV_BATCH_BROADCAST, 0, 0);
  if (cpu.features.batchByMm) {
    yield* cpu.fn.tlbSync(cpu);
    return !cpu.features.batchSyncsAndSends;
  }
  yield* cpu.fn.invlpgbFlushAllNonglobals(cpu);
  return true;
}
