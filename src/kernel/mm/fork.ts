import { RIGHT_WRITE } from '../../machine/ghost.js';
import type { Protocol } from '../../machine/protocol.js';
import { PTE_ACCESSED, PTE_DIRTY, PTE_PRESENT, PTE_WRITE, pteFrame } from '../../machine/pte.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { MM_ALIVE, MM_BEING_BORN, MM_DEAD } from '../sched.js';
import { NO_TABLE, pteAddress, ptlOf, refcountOf, tableEnd, vmaOf } from './page-table.js';

/**
 * `dup_mm` and `dup_mmap` (kernel/fork.c): the child shares the parent's pages, write-protected in both.
 * False: the child's mm is in use.
 */
export function* doFork(cpu: KernelCpu, parent: number, child: number): Protocol<boolean> {
  const claimed = yield* cpu.cmpxchg(cpu.mms[child].alive, MM_DEAD, MM_BEING_BORN);
  if (claimed !== MM_DEAD) return false;
  yield* cpu.fn.downWrite(cpu, cpu.mms[parent].mmapLock);
  yield* cpu.fn.mmInit(cpu, child);
  yield* cpu.fn.copyPageRange(cpu, parent, child);
  // Before anybody can rely on the copy: a cached writable entry of the parent would write into the page that
  // both now share.
  yield* cpu.fn.flushTlbMm(cpu, parent);
  yield* cpu.fn.upWrite(cpu, cpu.mms[parent].mmapLock);
  yield* cpu.fn.wakeUpNewTasks(cpu, child);
  yield* cpu.storeRelease(cpu.mms[child].alive, MM_ALIVE);
  return true;
}

/**
 * `mm_init` and `init_new_context`: a ctx_id that was never used before, generation 0, no CPU in the mask.
 * Nobody else can see the mm yet.
 */
export function* mmInit(cpu: KernelCpu, mm: number): Protocol<void> {
  const fields = cpu.mms[mm];
  const owner = yield* cpu.newAddressSpace(mm);
  const ctxId = yield* cpu.incReturn(cpu.layout.lastCtxId);
  const root = yield* cpu.allocFrame(owner);
  yield* cpu.poke(fields.ctxId, ctxId);
  yield* cpu.poke(fields.pgd, root);
  yield* cpu.poke(fields.tlbGen, 0);
  for (let word = 0; word < cpu.maskWords; word++) yield* cpu.poke(fields.cpumask + word, 0);
  yield* cpu.poke(fields.mmCount, 1);
  yield* cpu.poke(fields.tlbFlushPending, 0);
  yield* cpu.poke(fields.tlbFlushBatched, 0);
  if (cpu.broadcasts) yield* cpu.fn.mmInitGlobalAsid(cpu, mm);
}

/** `copy_page_range` over all VMAs. */
export function* copyPageRange(cpu: KernelCpu, parent: number, child: number): Protocol<void> {
  const pages = cpu.scenario.pages;
  for (let page = 0; page < pages; page++) {
    const vma = yield* cpu.peek(vmaOf(cpu, parent, page));
    yield* cpu.poke(vmaOf(cpu, child, page), vma);
  }
  let page = 0;
  while (page < pages) {
    const stop = tableEnd(page, pages);
    const source = yield* cpu.fn.pmdTable(cpu, parent, page);
    if (source !== NO_TABLE) {
      const target = yield* cpu.fn.pteAlloc(cpu, child, page);
      yield* cpu.spinLock(ptlOf(cpu, source));
      for (let at = page; at < stop; at++)
        yield* cpu.fn.copyPresentPte(cpu, parent, child, at, source, target);
      yield* cpu.spinUnlock(ptlOf(cpu, source));
    }
    page = stop;
  }
}

/**
 * `copy_present_pte`.
 *
 * @assumes both page-table locks are held.
 */
export function* copyPresentPte(
  cpu: KernelCpu,
  parent: number,
  child: number,
  page: number,
  source: number,
  target: number,
): Protocol<void> {
  const address = pteAddress(cpu, source, page);
  let pte = yield* cpu.readOnce(address);
  if ((pte & PTE_PRESENT) === 0) return;
  if ((pte & PTE_WRITE) !== 0) {
    pte = yield* cpu.ptepSetWrprotect(parent, page, address);
    yield* cpu.promise(parent, page, RIGHT_WRITE);
  }
  yield* cpu.fetchAdd(refcountOf(cpu, pteFrame(pte)), 1);
  yield* cpu.setPte(
    child,
    page,
    pteAddress(cpu, target, page),
    pte & ~(PTE_WRITE | PTE_DIRTY | PTE_ACCESSED),
  );
}

/** The child's threads: one on every CPU whose script runs it. */
export function* wakeUpNewTasks(cpu: KernelCpu, child: number): Protocol<void> {
  let users = 0;
  for (let id = 0; id < cpu.per.length; id++) {
    if (!cpu.runsMm(id, child)) continue;
    yield* cpu.poke(cpu.per[id].current.threads + child, 1);
    users = users + 1;
  }
  yield* cpu.poke(cpu.mms[child].mmUsers, users);
}
