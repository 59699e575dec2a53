import { RIGHT_WRITE } from '../../machine/ghost.js';
import type { Protocol } from '../../machine/protocol.js';
import { PTE_PRESENT, PTE_WRITE } from '../../machine/pte.js';
import { VM_NONE, VM_READ, VM_WRITE } from '../constants.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { NO_TABLE, pteAddress, ptlOf, tableEnd, vmaOf } from './page-table.js';

/**
 * `do_mprotect_pkey` (mm/mprotect.c). Taking the write right away is done now; giving it is left to the next
 * write fault.
 */
export function* doMprotect(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  write: boolean,
  nominalPages: number,
): Protocol<void> {
  const lock = cpu.mms[mm].mmapLock;
  yield* cpu.fn.downWrite(cpu, lock);
  for (let page = start; page < end; page++) {
    const vma = yield* cpu.readOnce(vmaOf(cpu, mm, page));
    if (vma !== VM_NONE) yield* cpu.writeOnce(vmaOf(cpu, mm, page), write ? VM_READ | VM_WRITE : VM_READ);
  }
  if (!write) {
    yield* cpu.fn.tlbGatherMmu(cpu, mm, false);
    yield* cpu.fn.changeProtection(cpu, mm, start, end);
    yield* cpu.fn.tlbFinishMmu(cpu, nominalPages);
  }
  yield* cpu.fn.upWrite(cpu, lock);
}

/** `change_protection_range`: write-protects [start, end) into the gather. */
export function* changeProtection(cpu: KernelCpu, mm: number, start: number, end: number): Protocol<void> {
  let page = start;
  while (page < end) {
    const stop = tableEnd(page, end);
    const table = yield* cpu.fn.pmdTable(cpu, mm, page);
    if (table !== NO_TABLE) {
      yield* cpu.spinLock(ptlOf(cpu, table));
      yield* cpu.fn.flushTlbBatchedPending(cpu, mm);
      yield* cpu.fn.enterLazyMmu(cpu);
      for (let at = page; at < stop; at++) yield* cpu.fn.changePte(cpu, mm, at, pteAddress(cpu, table, at));
      yield* cpu.fn.leaveLazyMmu(cpu);
      yield* cpu.spinUnlock(ptlOf(cpu, table));
    } else {
      for (let at = page; at < stop; at++) yield* cpu.promise(mm, at, RIGHT_WRITE);
    }
    page = stop;
  }
}

/**
 * One entry: `ptep_modify_prot_start` takes it away, so that no walker sets D in it meanwhile; `..._commit`
 * puts it back with fewer rights.
 *
 * @assumes the page-table lock is held.
 */
export function* changePte(cpu: KernelCpu, mm: number, page: number, address: number): Protocol<void> {
  const pte = yield* cpu.readOnce(address);
  if ((pte & PTE_PRESENT) !== 0) {
    const old = yield* cpu.ptepGetAndClear(mm, page, address);
    yield* cpu.setPte(mm, page, address, old & ~PTE_WRITE);
    // pte_needs_flush: only what was taken away.
    if ((old & PTE_WRITE) !== 0) yield* cpu.fn.tlbRemoveTlbEntry(cpu, page);
  }
  yield* cpu.promise(mm, page, RIGHT_WRITE);
}

/** `arch_enter_lazy_mmu_mode`: a guest may queue updates of page tables from here. */
export function* enterLazyMmu(cpu: KernelCpu): Protocol<void> {
  yield* cpu.barrier();
}

/**
 * `arch_leave_lazy_mmu_mode`.
 *
 * @assumes the page-table lock is held.
 */
export function* leaveLazyMmu(cpu: KernelCpu): Protocol<void> {
  yield* cpu.barrier();
}
