import { TABLE_PAGES } from '../../machine/ghost.js';
import type { Protocol } from '../../machine/protocol.js';
import { VM_NONE, VM_READ, VM_WRITE } from '../constants.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { NO_TABLE, pmdAddress, pmdKey, tableEnd, vmaOf } from './page-table.js';

/** mmap and munmap (mm/mmap.c). VMAs are a word per page: protection, or none. */

/**
 * `do_mmap`, private anonymous; pages come at the first touch. Ranges that are mapped already keep their VMA.
 */
export function* doMmap(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  write: boolean,
): Protocol<void> {
  yield* cpu.fn.downWrite(cpu, cpu.mms[mm].mmapLock);
  for (let page = start; page < end; page++) {
    const vma = yield* cpu.readOnce(vmaOf(cpu, mm, page));
    if (vma === VM_NONE) yield* cpu.writeOnce(vmaOf(cpu, mm, page), write ? VM_READ | VM_WRITE : VM_READ);
  }
  yield* cpu.fn.upWrite(cpu, cpu.mms[mm].mmapLock);
}

/** `do_vmi_munmap`: the VMAs go under the write lock; entries, tables and pages under the read lock. */
export function* doMunmap(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  nominalPages: number,
): Protocol<void> {
  const lock = cpu.mms[mm].mmapLock;
  yield* cpu.fn.downWrite(cpu, lock);
  for (let page = start; page < end; page++) yield* cpu.writeOnce(vmaOf(cpu, mm, page), VM_NONE);
  yield* cpu.fn.downgradeWrite(cpu, lock);
  yield* cpu.fn.tlbGatherMmu(cpu, mm, false);
  yield* cpu.fn.zapPageRange(cpu, mm, start, end, true);
  yield* cpu.fn.freePgtables(cpu, mm, start, end);
  yield* cpu.fn.tlbFinishMmu(cpu, nominalPages);
  yield* cpu.fn.upRead(cpu, lock);
}

/**
 * `free_pgtables`: unlinks the tables of [start, end) that no VMA needs any more. The anon_vma lock keeps
 * reclaim out, which finds pages without the mmap lock.
 */
export function* freePgtables(cpu: KernelCpu, mm: number, start: number, end: number): Protocol<void> {
  yield* cpu.fn.downWrite(cpu, cpu.mms[mm].anonVmaLock);
  let page = start;
  while (page < end) {
    const stop = tableEnd(page, end);
    const first = page - (page % TABLE_PAGES);
    const last = tableEnd(first, cpu.scenario.pages);
    let used = false;
    for (let at = first; at < last; at++) {
      const vma = yield* cpu.readOnce(vmaOf(cpu, mm, at));
      if (vma !== VM_NONE) used = true;
    }
    if (!used) yield* cpu.fn.freePteRange(cpu, mm, first, last);
    page = stop;
  }
  yield* cpu.fn.upWrite(cpu, cpu.mms[mm].anonVmaLock);
}

/** `free_pte_range`: unlinks one table into the gather. */
export function* freePteRange(cpu: KernelCpu, mm: number, first: number, last: number): Protocol<void> {
  yield* cpu.spinLock(cpu.mms[mm].pageTableLock);
  const table = yield* cpu.fn.pmdTable(cpu, mm, first);
  if (table !== NO_TABLE) {
    const root = yield* cpu.peek(cpu.mms[mm].pgd);
    yield* cpu.setPte(mm, pmdKey(cpu, first), pmdAddress(cpu, root, first), 0);
    yield* cpu.fn.pteFreeTlb(cpu, table, first, last);
  }
  yield* cpu.spinUnlock(cpu.mms[mm].pageTableLock);
}
