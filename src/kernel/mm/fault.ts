import { RIGHT_ALL } from '../../machine/ghost.js';
import type { Protocol } from '../../machine/protocol.js';
import {
  makePte,
  PTE_ACCESSED,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_USER,
  PTE_WRITE,
  pteFrame,
  pteValue,
} from '../../machine/pte.js';
import { VM_NONE, VM_WRITE } from '../constants.js';
import { EV_COW_BREAK } from '../events.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { NO_TABLE, pteAddress, ptlOf, refcountOf, vmaOf } from './page-table.js';

/** The page-fault path (arch/x86/mm/fault.c, mm/memory.c). */

/** Bits that the walker sets by itself: they do not make an entry another one. */
const HARDWARE_BITS = PTE_ACCESSED | PTE_DIRTY;

/** `exc_page_fault` to its IRET: false is a SIGSEGV. */
export function* handlePageFault(cpu: KernelCpu, page: number, write: boolean): Protocol<boolean> {
  yield* cpu.faultEntry(page);
  const mm = yield* cpu.peek(cpu.own.current.mm);
  yield* cpu.fn.downRead(cpu, cpu.mms[mm].mmapLock);
  const vma = yield* cpu.readOnce(vmaOf(cpu, mm, page));
  const allowed = vma !== VM_NONE && (!write || (vma & VM_WRITE) !== 0);
  if (allowed) yield* cpu.fn.handleMmFault(cpu, mm, page, write, (vma & VM_WRITE) !== 0);
  yield* cpu.fn.upRead(cpu, cpu.mms[mm].mmapLock);
  // The IRET to user code: serialising, and the end of what a copy-on-write break promises.
  yield* cpu.smpMb();
  yield* cpu.operationReturned();
  return allowed;
}

/** `handle_mm_fault` for one private anonymous page. */
export function* handleMmFault(
  cpu: KernelCpu,
  mm: number,
  page: number,
  write: boolean,
  vmaWritable: boolean,
): Protocol<void> {
  let table = yield* cpu.fn.pmdTable(cpu, mm, page);
  if (table === NO_TABLE) table = yield* cpu.fn.pteAlloc(cpu, mm, page);
  const address = pteAddress(cpu, table, page);
  const pte = yield* cpu.readOnce(address);
  if ((pte & PTE_PRESENT) === 0) {
    yield* cpu.fn.doAnonymousPage(cpu, mm, page, table, write, vmaWritable);
    return;
  }
  // Spurious: the table allows it; the fault has dropped the entry that did not.
  if (!write || (pte & PTE_WRITE) !== 0) return;
  yield* cpu.fn.doWpPage(cpu, mm, page, table, pteValue(pte));
}

/**
 * `do_anonymous_page` (and, for a page that reclaim took, the way back): a fresh page, unless another CPU was
 * faster.
 */
export function* doAnonymousPage(
  cpu: KernelCpu,
  mm: number,
  page: number,
  table: number,
  write: boolean,
  vmaWritable: boolean,
): Protocol<void> {
  const address = pteAddress(cpu, table, page);
  const frame = yield* cpu.allocFrame(0);
  yield* cpu.writeOnce(refcountOf(cpu, frame), 1);
  yield* cpu.spinLock(ptlOf(cpu, table));
  const pte = yield* cpu.readOnce(address);
  const raced = (pte & PTE_PRESENT) !== 0;
  if (!raced) {
    const flags =
      PTE_PRESENT | PTE_USER | PTE_ACCESSED | (vmaWritable ? PTE_WRITE : 0) | (write ? PTE_DIRTY : 0);
    yield* cpu.setPte(mm, page, address, makePte(frame, flags));
  }
  yield* cpu.spinUnlock(ptlOf(cpu, table));
  if (raced) yield* cpu.freeFrame(frame);
}

/**
 * `do_wp_page`: a store to a page that is write-protected in the table but not in the VMA. The only user
 * takes it over; else it is copied: the old entry is cleared and *flushed* before the new one is set, so that
 * no CPU reads the old page while another already writes the new one.
 */
export function* doWpPage(
  cpu: KernelCpu,
  mm: number,
  page: number,
  table: number,
  seen: number,
): Protocol<void> {
  const address = pteAddress(cpu, table, page);
  const old = pteFrame(seen);
  const refcount = refcountOf(cpu, old);
  yield* cpu.spinLock(ptlOf(cpu, table));
  const now = pteValue(yield* cpu.readOnce(address));
  if ((now & ~HARDWARE_BITS) !== (seen & ~HARDWARE_BITS)) {
    yield* cpu.spinUnlock(ptlOf(cpu, table));
    return;
  }
  const users = yield* cpu.readOnce(refcount);
  if (users === 1) {
    // wp_page_reuse: more rights only; a stale entry without them faults and walks again.
    yield* cpu.setPte(mm, page, address, now | PTE_WRITE | PTE_DIRTY | PTE_ACCESSED);
    yield* cpu.spinUnlock(ptlOf(cpu, table));
    return;
  }
  yield* cpu.fetchAdd(refcount, 1);
  yield* cpu.spinUnlock(ptlOf(cpu, table));
  yield* cpu.fn.wpPageCopy(cpu, mm, page, table, now);
  yield* cpu.fn.putPage(cpu, old);
}

/**
 * `wp_page_copy`. The caller holds a reference to the old page.
 *
 * @assumes mmap_lock is held for reading.
 */
export function* wpPageCopy(
  cpu: KernelCpu,
  mm: number,
  page: number,
  table: number,
  seen: number,
): Protocol<void> {
  const address = pteAddress(cpu, table, page);
  const old = pteFrame(seen);
  const frame = yield* cpu.allocFrame(0);
  yield* cpu.writeOnce(refcountOf(cpu, frame), 1);
  yield* cpu.spinLock(ptlOf(cpu, table));
  const now = pteValue(yield* cpu.readOnce(address));
  const same = (now & ~HARDWARE_BITS) === (seen & ~HARDWARE_BITS);
  if (same) {
    yield* cpu.event(EV_COW_BREAK, mm, page);
    yield* cpu.fn.ptepClearFlush(cpu, mm, page, address);
    yield* cpu.setPte(
      mm,
      page,
      address,
      makePte(frame, PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED | PTE_DIRTY),
    );
    yield* cpu.promise(mm, page, RIGHT_ALL);
  }
  yield* cpu.spinUnlock(ptlOf(cpu, table));
  yield* cpu.fn.putPage(cpu, same ? old : frame);
}

/**
 * `ptep_clear_flush`.
 *
 * @assumes the page-table lock is held.
 */
export function* ptepClearFlush(cpu: KernelCpu, mm: number, page: number, address: number): Protocol<number> {
  const pte = yield* cpu.ptepGetAndClear(mm, page, address);
  if ((pte & PTE_PRESENT) !== 0) yield* cpu.fn.flushTlbMmRange(cpu, mm, page, page + 1, 1, false);
  return pte;
}
