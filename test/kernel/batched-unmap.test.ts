import { describe, expect, it } from 'vitest';
import {
  archTlbbatchFlush,
  flushTlbBatchedPending,
  markTlbFlushBatched,
  setTlbUbcFlushPending,
  shouldDeferFlush,
  tryToUnmapFlush,
  tryToUnmapFlushDirty,
} from '../../src/kernel/batched-unmap.js';
import { FIRST_USER_MM, MM_NULL, TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import { makePte, PTE_DIRTY, PTE_PRESENT } from '../../src/machine/pte.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A11: the arithmetic of the pending word, and the batch. */
const MM_A = FIRST_USER_MM;
/** Half of the 15-bit range: TLB_FLUSH_BATCH_PENDING_MASK / 2. */
const HALF = 0x3fff;

function withWord(value: number, setup: Setup = {}): { bench: Bench; word: number } {
  const bench = new Bench(quiet({ mms: [{ tlbGen: 4 }], start: [{}, { loadedMm: 0 }] }), setup);
  const word = bench.layout.mms[MM_A].tlbFlushBatched;
  bench.set(word, value);
  return { bench, word };
}

describe('the pending word', () => {
  it.each([
    ['nothing yet', 0, 1],
    ['some', 5, 6],
    ['keeps the flushed half', 5 | (3 << 16), 6 | (3 << 16)],
    ['at half of the range it still counts', HALF | (7 << 16), (HALF + 1) | (7 << 16)],
    ['above half it starts again: one pending, none flushed', (HALF + 1) | (HALF << 16), 1],
  ])('mark: %s', (_name, before, after) => {
    const { bench, word } = withWord(before);
    bench.run((cpu) => markTlbFlushBatched(cpu, MM_A));
    expect(bench.word(word)).toBe(after);
  });

  it('the reset is tried again when another CPU changed the word meanwhile', () => {
    const { bench, word } = withWord((HALF + 1) | (2 << 16));
    let disturbed = false;
    bench.run(function* (cpu) {
      const inner = cpu.cmpxchg.bind(cpu);
      cpu.cmpxchg = (address, expected, value) => {
        // Another CPU counts one more, or resets the word, between the load and the cmpxchg.
        if (!disturbed) cpu.machine.mem[word] = (HALF + 2) | (2 << 16);
        disturbed = true;
        return inner(address, expected, value);
      };
      yield* markTlbFlushBatched(cpu, MM_A);
    });
    expect(bench.word(word)).toBe(1);
    expect(bench.ops.filter((op) => op.startsWith('cmpxchg'))).toHaveLength(2);
  });

  it('flush_tlb_batched_pending: nothing pending, nothing done', () => {
    const { bench } = withWord(6 | (6 << 16));
    bench.run((cpu) => flushTlbBatchedPending(cpu, MM_A));
    expect(bench.ops).toEqual(['READ_ONCE tlb_flush_batched(A)']);
  });

  it('flush_tlb_batched_pending: flushes, then notes what it has flushed', () => {
    const { bench, word } = withWord(6 | (4 << 16));
    bench.run((cpu) => flushTlbBatchedPending(cpu, MM_A));
    expect(bench.ops).toContain('send IPI 1');
    expect(bench.word(bench.layout.mms[MM_A].tlbGen)).toBe(5);
    expect(bench.word(word)).toBe(6 | (6 << 16));
  });

  it('flush_tlb_batched_pending: leaves the word alone when somebody batched during the flush (B38)', () => {
    for (const [counters, expected] of [
      [true, 7 | (4 << 16)],
      [false, 0],
    ] as const) {
      const { bench, word } = withWord(6 | (4 << 16), {
        features: { batchedPendingCounters: counters },
        replace: {
          *flushTlbMm(cpu, mm) {
            yield* cpu.incReturn(cpu.mms[mm].tlbFlushBatched);
          },
        },
      });
      bench.run((cpu) => flushTlbBatchedPending(cpu, MM_A));
      expect(bench.word(word)).toBe(expected);
    }
  });

  it('before 4.13 nobody looks (B36)', () => {
    const { bench } = withWord(6, { features: { flushBatchedPending: false } });
    bench.run((cpu) => flushTlbBatchedPending(cpu, MM_A));
    expect(bench.ops).toEqual([]);
  });
});

describe('the batch', () => {
  it('deferring needs another CPU in the mask', () => {
    const { bench } = withWord(0);
    expect(bench.run((cpu) => shouldDeferFlush(cpu, MM_A))).toBe(true);
    expect(new Bench(quiet({ start: [{ loadedMm: 0 }] })).run((cpu) => shouldDeferFlush(cpu, MM_A))).toBe(
      false,
    );
  });

  it('a pending unmap counts a generation, takes the mask over and marks the mm, in that order', () => {
    const { bench } = withWord(0);
    const ubc = bench.layout.cpus[0].ubc;
    bench.run((cpu) => setTlbUbcFlushPending(cpu, MM_A, makePte(3, PTE_PRESENT | PTE_DIRTY)));
    expect(bench.ops).toEqual([
      'atomic_fetch_add tlb_gen(A) 1',
      'READ_ONCE mm_cpumask(A)',
      'READ_ONCE tlb_flush_batched(A)',
      'atomic_fetch_add tlb_flush_batched(A) 1',
    ]);
    expect([ubc.cpumask, ubc.flushRequired, ubc.writable].map((address) => bench.word(address))).toEqual([
      2, 1, 1,
    ]);
  });

  it('a clean page does not need the flush before writing', () => {
    const { bench } = withWord(0);
    const ubc = bench.layout.cpus[0].ubc;
    bench.run(function* (cpu) {
      yield* setTlbUbcFlushPending(cpu, MM_A, makePte(3, PTE_PRESENT));
      yield* tryToUnmapFlushDirty(cpu);
    });
    expect([bench.word(ubc.flushRequired), bench.word(ubc.writable)]).toEqual([1, 0]);
    expect(bench.ops).not.toContain('send IPI 1');
  });

  it('the flush names no mm, no range and no generation, and clears the batch', () => {
    const { bench } = withWord(0);
    const { ubc, flushInfo } = bench.layout.cpus[0];
    bench.run(function* (cpu) {
      yield* setTlbUbcFlushPending(cpu, MM_A, makePte(3, PTE_PRESENT | PTE_DIRTY));
      yield* tryToUnmapFlushDirty(cpu);
    });
    expect(bench.ops).toContain('send IPI 1');
    expect(
      [flushInfo.mm, flushInfo.end, flushInfo.newTlbGen, flushInfo.freedTables].map((address) =>
        bench.word(address),
      ),
    ).toEqual([MM_NULL, TLB_FLUSH_ALL, 0, 0]);
    expect([ubc.cpumask, ubc.flushRequired, ubc.writable].map((address) => bench.word(address))).toEqual([
      0, 0, 0,
    ]);
    // CPU1 has A loaded, and is up to date now.
    expect(bench.word(bench.layout.cpus[1].tlbstate.ctxs[0].tlbGen)).toBe(5);
  });

  it('an empty batch does nothing', () => {
    const { bench } = withWord(0);
    bench.run((cpu) => tryToUnmapFlush(cpu));
    expect(bench.ops).toEqual([]);
  });

  it('a batch of this CPU alone is flushed here', () => {
    const bench = new Bench(
      quiet({ mms: [{ tlbGen: 4 }], start: [{ loadedMm: 0, slots: [{ mm: 0, tlbGen: 3 }] }] }),
    );
    bench.set(bench.layout.cpus[0].ubc.cpumask, 1);
    bench.run((cpu) => archTlbbatchFlush(cpu));
    expect(bench.ops).toContain('write_cr3 pcid 1 flush');
    expect(bench.ops.some((op) => op.startsWith('send'))).toBe(false);
    expect(bench.word(bench.layout.cpus[0].tlbstate.ctxs[0].tlbGen)).toBe(4);
  });
});
