import type { Protocol } from '../machine/protocol.js';
import { TLB_FLUSH_ALL } from './constants.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * `mmu_gather` (mm/mmu_gather.c). The order that must hold: unhook (clear entries, unlink tables), invalidate
 * TLBs, free pages and tables. The gather itself is the operation's own memory; nobody else sees it.
 */

/** An empty range: start above end. */
const RANGE_MAX = 0x7fffffff;

/**
 * `tlb_gather_mmu` (and `tlb_gather_mmu_fullmm`). The count is raised before any entry changes: see
 * `tlbFinishMmu`.
 */
export function* tlbGatherMmu(cpu: KernelCpu, mm: number, fullmm: boolean): Protocol<void> {
  const tlb = cpu.own.gather;
  yield* cpu.poke(tlb.mm, mm);
  yield* cpu.poke(tlb.fullmm, fullmm ? 1 : 0);
  yield* cpu.poke(tlb.needFlushAll, 0);
  yield* cpu.poke(tlb.pagesCount, 0);
  yield* cpu.poke(tlb.tablesCount, 0);
  yield* cpu.fn.tlbResetRange(cpu);
  yield* cpu.fetchAdd(cpu.mms[mm].tlbFlushPending, 1);
}

/** `__tlb_reset_range`. */
export function* tlbResetRange(cpu: KernelCpu): Protocol<void> {
  const tlb = cpu.own.gather;
  yield* cpu.poke(tlb.start, RANGE_MAX);
  yield* cpu.poke(tlb.end, 0);
  yield* cpu.poke(tlb.freedTables, 0);
  yield* cpu.poke(tlb.clearedPtes, 0);
}

/** `__tlb_adjust_range` for one page or one table's span. */
export function* tlbAdjustRange(cpu: KernelCpu, start: number, end: number): Protocol<void> {
  const tlb = cpu.own.gather;
  const oldStart = yield* cpu.peek(tlb.start);
  const oldEnd = yield* cpu.peek(tlb.end);
  if (start < oldStart) yield* cpu.poke(tlb.start, start);
  if (end > oldEnd) yield* cpu.poke(tlb.end, end);
}

/** `tlb_remove_tlb_entry` (and `tlb_flush_pte_range`). */
export function* tlbRemoveTlbEntry(cpu: KernelCpu, page: number): Protocol<void> {
  yield* cpu.fn.tlbAdjustRange(cpu, page, page + 1);
  yield* cpu.poke(cpu.own.gather.clearedPtes, 1);
}

/** `tlb_remove_page`: the frame is freed after the flush. */
export function* tlbRemovePage(cpu: KernelCpu, frame: number): Protocol<void> {
  const tlb = cpu.own.gather;
  const count = yield* cpu.peek(tlb.pagesCount);
  yield* cpu.poke(tlb.pages + count, frame);
  yield* cpu.poke(tlb.pagesCount, count + 1);
}

/** `pte_free_tlb`: the table is unlinked; it is freed after a flush that reaches lazy CPUs too. */
export function* pteFreeTlb(cpu: KernelCpu, table: number, start: number, end: number): Protocol<void> {
  const tlb = cpu.own.gather;
  yield* cpu.fn.tlbAdjustRange(cpu, start, end);
  yield* cpu.poke(tlb.freedTables, 1);
  const count = yield* cpu.peek(tlb.tablesCount);
  yield* cpu.poke(tlb.tables + count, table);
  yield* cpu.poke(tlb.tablesCount, count + 1);
}

/** `tlb_flush_mmu_tlbonly`. */
export function* tlbFlushMmuTlbonly(cpu: KernelCpu, nominalPages: number): Protocol<void> {
  const tlb = cpu.own.gather;
  const freedTables = yield* cpu.peek(tlb.freedTables);
  const clearedPtes = yield* cpu.peek(tlb.clearedPtes);
  if (freedTables === 0 && clearedPtes === 0) return;
  const mm = yield* cpu.peek(tlb.mm);
  const fullmm = yield* cpu.peek(tlb.fullmm);
  const needFlushAll = yield* cpu.peek(tlb.needFlushAll);
  if (fullmm !== 0 || needFlushAll !== 0) {
    yield* cpu.fn.flushTlbMmRange(cpu, mm, 0, TLB_FLUSH_ALL, 0, freedTables !== 0);
  } else {
    const start = yield* cpu.peek(tlb.start);
    const end = yield* cpu.peek(tlb.end);
    const pages = end - start;
    yield* cpu.fn.flushTlbMmRange(
      cpu,
      mm,
      start,
      end,
      nominalPages > pages ? nominalPages : pages,
      freedTables !== 0,
    );
  }
  yield* cpu.fn.tlbResetRange(cpu);
}

/**
 * `tlb_flush_mmu`: flush, then free tables, then pages. Tables wait for an RCU grace period where
 * `tlb_remove_table` is used: up to 6.13 a CPU leaves mm_cpumask before it loads the next CR3, gets no IPI in
 * between, and may still walk into them; its interrupts are off then, which a grace period waits out.
 */
export function* tlbFlushMmu(cpu: KernelCpu, nominalPages: number): Protocol<void> {
  const tlb = cpu.own.gather;
  yield* cpu.fn.tlbFlushMmuTlbonly(cpu, nominalPages);
  const tables = yield* cpu.peek(tlb.tablesCount);
  for (let i = 0; i < tables; i++) {
    const table = yield* cpu.peek(tlb.tables + i);
    if (cpu.features.rcuTableFree) yield* cpu.freeFrameRcu(table);
    else yield* cpu.freeFrame(table);
  }
  yield* cpu.poke(tlb.tablesCount, 0);
  const pages = yield* cpu.peek(tlb.pagesCount);
  for (let i = 0; i < pages; i++) {
    const frame = yield* cpu.peek(tlb.pages + i);
    yield* cpu.fn.putPage(cpu, frame);
  }
  yield* cpu.poke(tlb.pagesCount, 0);
}

/**
 * `tlb_finish_mmu`. Another gather in flight may have cleared entries that this one found empty and did not
 * count: then everything is flushed, or this operation returns while those entries are still cached (B39).
 */
export function* tlbFinishMmu(cpu: KernelCpu, nominalPages: number): Protocol<void> {
  const tlb = cpu.own.gather;
  const mm = yield* cpu.peek(tlb.mm);
  const pending = yield* cpu.readOnce(cpu.mms[mm].tlbFlushPending);
  if (pending > 1 && cpu.features.nestedGatherFlush) {
    yield* cpu.poke(tlb.fullmm, 1);
    yield* cpu.fn.tlbResetRange(cpu);
    yield* cpu.poke(tlb.freedTables, 1);
  }
  yield* cpu.fn.tlbFlushMmu(cpu, nominalPages);
  yield* cpu.fetchAdd(cpu.mms[mm].tlbFlushPending, -1);
}
