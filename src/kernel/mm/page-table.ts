import { TABLE_PAGES, TABLE_SHIFT } from '../../machine/ghost.js';
import type { Protocol } from '../../machine/protocol.js';
import { makePte, PTE_PRESENT, PTE_USER, PTE_WRITE, pteFrame } from '../../machine/pte.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { vmaOffset } from '../kernel-layout.js';

/**
 * Page tables: a root of tables, TABLE_PAGES pages a table; one page-table lock per table, one per mm for the
 * root.
 */

/** No table. */
export const NO_TABLE = -1;
const TABLE_FLAGS = PTE_PRESENT | PTE_WRITE | PTE_USER;

/** Word of the root's entry for `page`. */
export function pmdAddress(cpu: KernelCpu, root: number, page: number): number {
  return cpu.layout.mmu.framesBase + root * cpu.layout.mmu.frameStride + (page >> TABLE_SHIFT);
}

/** Word of the entry for `page` in the table held by frame `table`. */
export function pteAddress(cpu: KernelCpu, table: number, page: number): number {
  return cpu.layout.mmu.framesBase + table * cpu.layout.mmu.frameStride + (page & (TABLE_PAGES - 1));
}

/** Ghost key of the root's entry for `page`. */
export function pmdKey(cpu: KernelCpu, page: number): number {
  return cpu.layout.mmu.pages + (page >> TABLE_SHIFT);
}

/** First page after `page`'s table, at most `end`. */
export function tableEnd(page: number, end: number): number {
  const next = (page | (TABLE_PAGES - 1)) + 1;
  return next < end ? next : end;
}

/** Word of the table's page-table lock. */
export function ptlOf(cpu: KernelCpu, table: number): number {
  return cpu.layout.pagePtl + table * cpu.layout.pageStride;
}

/** Word of the frame's reference count. */
export function refcountOf(cpu: KernelCpu, frame: number): number {
  return cpu.layout.pageRefcount + frame * cpu.layout.pageStride;
}

/** Word of the protection of the page's VMA. */
export function vmaOf(cpu: KernelCpu, mm: number, page: number): number {
  return cpu.mms[mm].vmas + vmaOffset(cpu.layout.vmaStride, page);
}

/**
 * The frame of the table for `page`, or NO_TABLE.
 *
 * @assumes the table cannot be freed meanwhile: mmap_lock, or the lock of the page's mapping.
 */
export function* pmdTable(cpu: KernelCpu, mm: number, page: number): Protocol<number> {
  const root = yield* cpu.peek(cpu.mms[mm].pgd);
  const entry = yield* cpu.readOnce(pmdAddress(cpu, root, page));
  return (entry & PTE_PRESENT) !== 0 ? pteFrame(entry) : NO_TABLE;
}

/** `__pte_alloc`: the table for `page`, made if there is none. Another CPU may have made it meanwhile. */
export function* pteAlloc(cpu: KernelCpu, mm: number, page: number): Protocol<number> {
  const fresh = yield* cpu.allocFrame(0);
  yield* cpu.spinLock(cpu.mms[mm].pageTableLock);
  let table = yield* cpu.fn.pmdTable(cpu, mm, page);
  if (table === NO_TABLE) {
    const root = yield* cpu.peek(cpu.mms[mm].pgd);
    // The zeroed table must be visible before the entry that leads to it.
    yield* cpu.smpWmb();
    yield* cpu.setPte(mm, pmdKey(cpu, page), pmdAddress(cpu, root, page), makePte(fresh, TABLE_FLAGS));
    table = fresh;
  }
  yield* cpu.spinUnlock(cpu.mms[mm].pageTableLock);
  if (table !== fresh) yield* cpu.freeFrame(fresh);
  return table;
}

/** `put_page`: the last reference frees the frame. */
export function* putPage(cpu: KernelCpu, frame: number): Protocol<void> {
  const left = yield* cpu.decReturn(refcountOf(cpu, frame));
  if (left === 0) yield* cpu.freeFrame(frame);
}
