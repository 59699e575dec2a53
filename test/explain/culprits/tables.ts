import {
  tryToUnmapFlush as flushBatch,
  flushTlbBatchedPending,
  setTlbUbcFlushPending,
} from '../../../src/kernel/batched-unmap.js';
import { NO_TABLE, pteAddress, ptlOf, tableEnd } from '../../../src/kernel/mm/page-table.js';
import { tlbFlushMmu } from '../../../src/kernel/mmu-gather.js';
import { RIGHT_WRITE } from '../../../src/machine/ghost.js';
import { PTE_PRESENT, PTE_WRITE, pteFrame } from '../../../src/machine/pte.js';
import { pair, type Replace, type SeamCulprit } from './seam-culprit.js';

/** Mistakes around page tables: what is flushed for a change, when, and under which lock. */

/** The entry is changed after its flush. */
const changedAfterFlush = (isFixed: boolean): Replace => ({
  *doMprotect(cpu, mm, start, end, write, nominalPages) {
    const lock = cpu.mms[mm].mmapLock;
    yield* cpu.fn.downWrite(cpu, lock);
    yield* cpu.fn.tlbGatherMmu(cpu, mm, false);
    if (isFixed) {
      yield* cpu.fn.changeProtection(cpu, mm, start, end);
      yield* cpu.fn.tlbFinishMmu(cpu, nominalPages);
    } else {
      yield* cpu.fn.tlbRemoveTlbEntry(cpu, start);
      yield* cpu.fn.tlbFinishMmu(cpu, nominalPages);
      yield* cpu.fn.changeProtection(cpu, mm, start, end);
    }
    yield* cpu.fn.upWrite(cpu, lock);
    if (write) yield* cpu.barrier();
  },
});

/** Of changed entries only every other one is flushed. */
const oddChanges = (isFixed: boolean): Replace => ({
  *changePte(cpu, mm, page, address) {
    const pte = yield* cpu.readOnce(address);
    if ((pte & PTE_PRESENT) !== 0) {
      const old = yield* cpu.ptepGetAndClear(mm, page, address);
      yield* cpu.setPte(mm, page, address, old & ~PTE_WRITE);
      const needs = isFixed ? (old & PTE_WRITE) !== 0 : page % 2 === 1;
      if (needs) yield* cpu.fn.tlbRemoveTlbEntry(cpu, page);
    }
    yield* cpu.promise(mm, page, RIGHT_WRITE);
  },
});

/** The gather keeps the range of its first page. */
const firstRange = (isFixed: boolean): Replace => ({
  *tlbAdjustRange(cpu, start, end) {
    const tlb = cpu.own.gather;
    const oldStart = yield* cpu.peek(tlb.start);
    const oldEnd = yield* cpu.peek(tlb.end);
    if (start < oldStart) yield* cpu.poke(tlb.start, start);
    if (oldEnd === 0 || (isFixed && end > oldEnd)) yield* cpu.poke(tlb.end, end);
  },
});

/** The old entry of a copied page is not flushed. */
const copyNoFlush = (isFixed: boolean): Replace => ({
  *ptepClearFlush(cpu, mm, page, address) {
    const pte = yield* cpu.ptepGetAndClear(mm, page, address);
    if (isFixed) yield* cpu.fn.flushTlbMmRange(cpu, mm, page, page + 1, 1, false);
    return pte;
  },
});

/** fork does not flush the parent. */
const forkNoFlush = (isFixed: boolean): Replace => ({
  *flushTlbMm(cpu, mm) {
    if (isFixed) yield* cpu.fn.flushTlbMmRange(cpu, mm, 0, -1, 0, true);
    else yield* cpu.barrier();
  },
});

/** The page is given back before the batch is flushed. */
const batchLate = (isFixed: boolean): Replace => ({
  *reclaimPage(cpu, mm, page) {
    yield* cpu.fn.downRead(cpu, cpu.mms[mm].anonVmaLock);
    const frame = yield* cpu.fn.tryToUnmapOne(cpu, mm, page);
    yield* cpu.fn.upRead(cpu, cpu.mms[mm].anonVmaLock);
    if (frame === NO_TABLE) return;
    if (isFixed) yield* flushBatch(cpu);
    yield* cpu.fn.putPage(cpu, frame);
    if (!isFixed) yield* flushBatch(cpu);
  },
});

/** Nobody learns of a batch that is pending. */
const noMark = (isFixed: boolean): Replace => ({
  *setTlbUbcFlushPending(cpu, mm, pte) {
    if (isFixed) {
      yield* setTlbUbcFlushPending(cpu, mm, pte);
      return;
    }
    yield* cpu.fn.archTlbbatchAddPending(cpu, mm);
    yield* cpu.poke(cpu.own.ubc.flushRequired, 1);
    yield* cpu.poke(cpu.own.ubc.writable, 1);
  },
});

/** Tables are freed before the flush. */
const tableFirst = (isFixed: boolean): Replace => ({
  *tlbFlushMmu(cpu, nominalPages) {
    const tlb = cpu.own.gather;
    if (!isFixed) {
      const tables = yield* cpu.peek(tlb.tablesCount);
      for (let index = 0; index < tables; index++) yield* cpu.freeFrame(yield* cpu.peek(tlb.tables + index));
      yield* cpu.poke(tlb.tablesCount, 0);
    }
    yield* tlbFlushMmu(cpu, nominalPages);
  },
});

/** The page-table lock is given back where it has not been taken. */
const unlockedTwice = (isFixed: boolean): Replace => ({
  *zapPageRange(cpu, mm, start, end, promises) {
    let page = start;
    while (page < end) {
      const stop = tableEnd(page, end);
      const table = yield* cpu.fn.pmdTable(cpu, mm, page);
      if (table !== NO_TABLE) {
        const lock = ptlOf(cpu, table);
        yield* cpu.spinLock(lock);
        yield* flushTlbBatchedPending(cpu, mm);
        for (let at = page; at < stop; at++) {
          const address = pteAddress(cpu, table, at);
          const isHere = ((yield* cpu.readOnce(address)) & PTE_PRESENT) !== 0;
          yield* cpu.fn.zapPte(cpu, mm, at, address, promises);
          if (!isFixed && !isHere) yield* cpu.spinUnlock(lock);
        }
        yield* cpu.spinUnlock(lock);
      }
      page = stop;
    }
  },
});

/** The page is given back at once, and its entry cleared by a plain store. */
const putAtOnce = (isFixed: boolean): Replace => ({
  *zapPte(cpu, mm, page, address, promises) {
    const pte = yield* cpu.readOnce(address);
    if ((pte & PTE_PRESENT) !== 0) {
      if (isFixed) {
        const old = yield* cpu.ptepGetAndClear(mm, page, address);
        yield* cpu.fn.tlbRemoveTlbEntry(cpu, page);
        yield* cpu.fn.tlbRemovePage(cpu, pteFrame(old));
      } else {
        yield* cpu.setPte(mm, page, address, 0);
        yield* cpu.fn.tlbRemoveTlbEntry(cpu, page);
        yield* cpu.fn.putPage(cpu, pteFrame(pte));
      }
    }
    if (promises) yield* cpu.promise(mm, page, 3);
  },
});

export const tableCulprits: readonly SeamCulprit[] = [
  pair('changed-after-flush', changedAfterFlush),
  pair('odd-changes', oddChanges),
  pair('first-range', firstRange),
  pair('copy-no-flush', copyNoFlush),
  pair('fork-no-flush', forkNoFlush),
  pair('batch-late', batchLate),
  pair('no-mark', noMark),
  pair('table-first', tableFirst),
  pair('unlocked-twice', unlockedTwice),
  pair('put-at-once', putAtOnce),
];
