import {
  defineVariant,
  EV_RECLAIMED,
  handlePageFault,
  type KernelCpu,
  type KernelFunctions,
  MM_ALIVE,
  type Protocol,
  tryToUnmapFlush,
} from 'shootdown';

/**
 * LUF, lazy unmap flush (Byungchul Park, postings of 2023 to 2025): reclaim clears entries and does not
 * flush; the flush is made up for when one of the frames is about to be used again. Until then a stale entry
 * reads what it always read. Only for pages that nobody can write to through such an entry: clean ones, whose
 * first store walks again. Here a CPU keeps the frames that it has reclaimed, and flushes before it gives
 * them back, which is before anybody can get them: at its next page fault, or when it has kept three.
 *
 *     shootdown hunt examples/papers/luf.ts
 */

/** Of each CPU: how many frames it keeps, and those. */
const COUNT = 0;
const FRAMES = 1;
const KEPT_MAX = 3;
const ownWords = {
  perCpu: [{ name: 'luf.count' }, ...[0, 1, 2].map((at) => ({ name: `luf.frames[${at}]` }))],
  perMm: [],
  machine: [],
};

/** Nothing yet, unless there are dirty pages in the batch. */
function* laterFlush(cpu: KernelCpu): Protocol<void> {
  const writable = yield* cpu.peek(cpu.own.ubc.writable);
  if (writable !== 0) yield* tryToUnmapFlush(cpu);
}

/** The flush that is owed for the frames that are kept, and their release. */
function* release(cpu: KernelCpu): Protocol<void> {
  const own = cpu.layout.own.perCpu[cpu.id];
  const count = yield* cpu.peek(own[COUNT]);
  if (count === 0) return;
  yield* tryToUnmapFlush(cpu);
  yield* cpu.poke(own[COUNT], 0);
  for (let i = 0; i < count; i++) {
    const frame = yield* cpu.peek(own[FRAMES + i]);
    yield* cpu.fn.putPage(cpu, frame);
  }
}

const reclaim = (freesFirst: boolean): KernelFunctions['reclaimPage'] =>
  function* reclaimWithoutFlush(cpu, mm, page, unbatched): Protocol<void> {
    const own = cpu.layout.own.perCpu[cpu.id];
    const kept = yield* cpu.peek(own[COUNT]);
    if (kept === KEPT_MAX) yield* release(cpu);
    yield* cpu.fn.downRead(cpu, cpu.mms[mm].anonVmaLock);
    const alive = yield* cpu.readOnce(cpu.mms[mm].alive);
    let frame = -1;
    if (alive === MM_ALIVE) frame = yield* cpu.fn.tryToUnmapOne(cpu, mm, page, unbatched);
    yield* cpu.fn.upRead(cpu, cpu.mms[mm].anonVmaLock);
    if (frame < 0) return;
    yield* cpu.fn.tryToUnmapFlushDirty(cpu);
    yield* cpu.fn.tryToUnmapFlush(cpu);
    yield* cpu.event(EV_RECLAIMED, mm, page);
    if (freesFirst) {
      yield* cpu.fn.putPage(cpu, frame);
      return;
    }
    const count = yield* cpu.peek(own[COUNT]);
    yield* cpu.poke(own[FRAMES + count], frame);
    yield* cpu.poke(own[COUNT], count + 1);
  };

/** Before anything is allocated. */
function* faultAfterRelease(cpu: KernelCpu, page: number, write: boolean): Protocol<boolean> {
  yield* release(cpu);
  return yield* handlePageFault(cpu, page, write);
}

export const luf = defineVariant({
  name: 'luf',
  summary: 'clean pages are reclaimed without a flush, which comes before their frames are used again',
  base: '6.18',
  replace: {
    tryToUnmapFlush: laterFlush,
    reclaimPage: reclaim(false),
    handlePageFault: faultAfterRelease,
  },
  ownWords,
});

export const lufFreesFirst = defineVariant({
  name: 'luf-frees-first',
  summary: 'clean pages are reclaimed without a flush, and nobody looks before their frames are used again',
  base: '6.18',
  replace: { tryToUnmapFlush: laterFlush, reclaimPage: reclaim(true) },
  ownWords,
});
