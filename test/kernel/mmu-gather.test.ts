import { describe, expect, it } from 'vitest';
import { FIRST_USER_MM, TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import {
  pteFreeTlb,
  tlbFinishMmu,
  tlbGatherMmu,
  tlbRemovePage,
  tlbRemoveTlbEntry,
} from '../../src/kernel/mmu-gather.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A12: what a gather flushes, and when it frees. */
const MM_A = FIRST_USER_MM;

/** One flush_tlb_mm_range call: [start, end, pages for the ceiling, freed tables]. */
type Call = readonly [start: number, end: number, nominal: number, freed: boolean];

function gather(
  body: (cpu: KernelCpu) => Protocol<void>,
  options: { fullmm?: boolean; nested?: boolean; nominal?: number; setup?: Setup } = {},
) {
  const calls: Call[] = [];
  const log: string[] = [];
  const bench = new Bench(quiet({ pages: 10 }), {
    ...options.setup,
    replace: {
      *flushTlbMmRange(cpu, _mm, start, end, nominal, freed) {
        calls.push([start, end, nominal, freed]);
        log.push('flush');
        yield* cpu.barrier();
      },
      *putPage(cpu, frame) {
        log.push(`page ${frame}`);
        yield* cpu.barrier();
      },
    },
  });
  const pending = bench.layout.mms[MM_A].tlbFlushPending;
  bench.set(pending, options.nested === true ? 1 : 0);
  bench.run(function* (cpu) {
    const rcu = cpu.freeFrameRcu.bind(cpu);
    const now = cpu.freeFrame.bind(cpu);
    cpu.freeFrameRcu = (frame) => {
      log.push(`table ${frame} after a grace period`);
      return rcu(frame);
    };
    cpu.freeFrame = (frame) => {
      log.push(`table ${frame}`);
      return now(frame);
    };
    // Two frames that are really allocated, so that they can be freed.
    yield* cpu.allocFrame(0);
    yield* tlbGatherMmu(cpu, MM_A, options.fullmm === true);
    yield* body(cpu);
    yield* tlbFinishMmu(cpu, options.nominal ?? 0);
  });
  expect(bench.word(pending)).toBe(options.nested === true ? 1 : 0);
  return { calls, log, bench };
}

describe('mmu_gather', () => {
  it('an empty gather flushes nothing', () => {
    expect(gather(function* () {}).calls).toEqual([]);
  });

  it('flushes the range from the first to the last entry', () => {
    const { calls } = gather(function* (cpu) {
      yield* tlbRemoveTlbEntry(cpu, 4);
      yield* tlbRemoveTlbEntry(cpu, 1);
    });
    expect(calls).toEqual([[1, 5, 4, false]]);
  });

  it('a range that stands for more pages is judged by those', () => {
    const { calls } = gather(
      function* (cpu) {
        yield* tlbRemoveTlbEntry(cpu, 0);
      },
      { nominal: 64 },
    );
    expect(calls).toEqual([[0, 1, 64, false]]);
  });

  it('flushes, then frees tables, then pages', () => {
    const body = function* (cpu: KernelCpu): Protocol<void> {
      yield* tlbRemoveTlbEntry(cpu, 8);
      yield* tlbRemovePage(cpu, 5);
      yield* pteFreeTlb(cpu, 4, 8, 10);
    };
    const { calls, log } = gather(body);
    expect(calls).toEqual([[8, 10, 2, true]]);
    expect(log).toEqual(['flush', 'table 4 after a grace period', 'page 5']);
    expect(gather(body, { setup: { features: { rcuTableFree: false } } }).log).toEqual([
      'flush',
      'table 4',
      'page 5',
    ]);
  });

  it('fullmm flushes everything', () => {
    const { calls } = gather(
      function* (cpu) {
        yield* tlbRemoveTlbEntry(cpu, 2);
      },
      { fullmm: true },
    );
    expect(calls).toEqual([[0, TLB_FLUSH_ALL, 0, false]]);
  });

  it('nested: everything, tables included, even if it cleared nothing itself (B39)', () => {
    expect(gather(function* () {}, { nested: true }).calls).toEqual([[0, TLB_FLUSH_ALL, 0, true]]);
    expect(
      gather(function* () {}, { nested: true, setup: { features: { nestedGatherFlush: false } } }).calls,
    ).toEqual([]);
  });

  it('the count of gathers is raised before any entry changes and dropped after the flush', () => {
    const { bench } = gather(function* (cpu) {
      yield* tlbRemoveTlbEntry(cpu, 0);
    });
    const counted = bench.ops.filter((op) => op.includes('tlb_flush_pending'));
    expect(counted).toEqual([
      'atomic_fetch_add tlb_flush_pending(A) 1',
      'READ_ONCE tlb_flush_pending(A)',
      'atomic_fetch_add tlb_flush_pending(A) -1',
    ]);
    expect(bench.ops.at(-1)).toBe('atomic_fetch_add tlb_flush_pending(A) -1');
  });
});
