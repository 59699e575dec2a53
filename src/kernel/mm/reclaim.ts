import type { Protocol } from '../../machine/protocol.js';
import { PTE_PRESENT, PTE_SWAP, pteFrame } from '../../machine/pte.js';
import { EV_RECLAIMED } from '../events.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { MM_ALIVE } from '../sched.js';
import { NO_TABLE, pteAddress, ptlOf, refcountOf } from './page-table.js';

/**
 * Reclaim of one anonymous page (mm/vmscan.c `shrink_folio_list`, mm/rmap.c `try_to_unmap_one`), with the
 * flush deferred to the end; `unbatched`: flushed at once, as migration did up to 6.2.
 */
export function* reclaimPage(cpu: KernelCpu, mm: number, page: number, unbatched?: boolean): Protocol<void> {
  yield* cpu.fn.downRead(cpu, cpu.mms[mm].anonVmaLock);
  const alive = yield* cpu.readOnce(cpu.mms[mm].alive);
  let frame = NO_TABLE;
  if (alive === MM_ALIVE) frame = yield* cpu.fn.tryToUnmapOne(cpu, mm, page, unbatched);
  yield* cpu.fn.upRead(cpu, cpu.mms[mm].anonVmaLock);
  if (frame === NO_TABLE) return;
  // A dirty page is written out now, and any page freed: not before no CPU can write to it.
  yield* cpu.fn.tryToUnmapFlushDirty(cpu);
  yield* cpu.fn.tryToUnmapFlush(cpu);
  yield* cpu.event(EV_RECLAIMED, mm, page);
  yield* cpu.fn.putPage(cpu, frame);
}

/**
 * `try_to_unmap_one`: the frame that was unmapped, or NO_TABLE. Pages that several mms map are left alone.
 *
 * @assumes the lock of the page's mapping is held.
 */
export function* tryToUnmapOne(
  cpu: KernelCpu,
  mm: number,
  page: number,
  unbatched?: boolean,
): Protocol<number> {
  const table = yield* cpu.fn.pmdTable(cpu, mm, page);
  if (table === NO_TABLE) return NO_TABLE;
  const address = pteAddress(cpu, table, page);
  yield* cpu.spinLock(ptlOf(cpu, table));
  let frame = NO_TABLE;
  const pte = yield* cpu.readOnce(address);
  if ((pte & PTE_PRESENT) !== 0) {
    const users = yield* cpu.readOnce(refcountOf(cpu, pteFrame(pte)));
    if (users === 1) {
      frame = pteFrame(pte);
      if (unbatched !== true && (yield* cpu.fn.shouldDeferFlush(cpu, mm))) {
        const old = yield* cpu.ptepGetAndClear(mm, page, address);
        yield* cpu.fn.setTlbUbcFlushPending(cpu, mm, old);
      } else {
        yield* cpu.fn.ptepClearFlush(cpu, mm, page, address);
      }
      yield* cpu.setPte(mm, page, address, PTE_SWAP);
    }
  }
  yield* cpu.spinUnlock(ptlOf(cpu, table));
  return frame;
}
