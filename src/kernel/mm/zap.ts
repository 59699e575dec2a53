import { RIGHT_ALL } from '../../machine/ghost.js';
import type { Protocol } from '../../machine/protocol.js';
import { PTE_PRESENT, pteFrame, pteValue } from '../../machine/pte.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { NO_TABLE, pteAddress, ptlOf, tableEnd } from './page-table.js';

/**
 * `unmap_page_range` and `zap_pte_range` (mm/memory.c): clears the entries of [start, end) into the gather.
 * `promises` says that the caller promises its user that nothing of it can be used after it returns (munmap,
 * MADV_DONTNEED; not exit, which has no user left).
 *
 * @assumes mmap_lock is held.
 */
export function* zapPageRange(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  promises: boolean,
): Protocol<void> {
  let page = start;
  while (page < end) {
    const stop = tableEnd(page, end);
    const table = yield* cpu.fn.pmdTable(cpu, mm, page);
    if (table !== NO_TABLE) {
      yield* cpu.spinLock(ptlOf(cpu, table));
      yield* cpu.fn.flushTlbBatchedPending(cpu, mm);
      for (let at = page; at < stop; at++)
        yield* cpu.fn.zapPte(cpu, mm, at, pteAddress(cpu, table, at), promises);
      yield* cpu.spinUnlock(ptlOf(cpu, table));
    } else if (promises) {
      for (let at = page; at < stop; at++) yield* cpu.promise(mm, at, RIGHT_ALL);
    }
    page = stop;
  }
}

/**
 * `zap_pte_range`: one entry, under the page-table lock.
 *
 * @assumes the page-table lock is held.
 */
export function* zapPte(
  cpu: KernelCpu,
  mm: number,
  page: number,
  address: number,
  promises: boolean,
): Protocol<void> {
  const pte = yield* cpu.readOnce(address);
  if ((pte & PTE_PRESENT) !== 0) {
    const old = yield* cpu.ptepGetAndClear(mm, page, address);
    yield* cpu.fn.tlbRemoveTlbEntry(cpu, page);
    yield* cpu.fn.tlbRemovePage(cpu, pteFrame(old));
  } else if (pteValue(pte) !== 0) {
    // A swap entry: nothing that a TLB could hold.
    yield* cpu.setPte(mm, page, address, 0);
  }
  if (promises) yield* cpu.promise(mm, page, RIGHT_ALL);
}
