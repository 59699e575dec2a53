import { describe, expect, it } from 'vitest';
import {
  FIRST_USER_MM,
  INIT_MM,
  MM_NULL,
  TLB_FLUSH_ALL,
  TLB_LOCAL_MM_SHOOTDOWN,
  TLB_LOCAL_SHOOTDOWN,
  TLB_REMOTE_SHOOTDOWN,
  TLB_REMOTE_WRONG_CPU,
} from '../../src/kernel/constants.js';
import {
  DECIDED_EARLY_OUT,
  DECIDED_PARTIAL,
  DECIDED_UP_TO_DATE,
  EV_DECIDED,
  EV_TLB_FLUSH,
  EV_UNLAZIED,
} from '../../src/kernel/events.js';
import { flushTlbFunc } from '../../src/kernel/flush-tlb-func.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A8, case by case. */
const MM_A = FIRST_USER_MM;
const MM_B = FIRST_USER_MM + 1;

interface Case extends Setup {
  /** Request. */
  readonly mm?: number;
  readonly range?: readonly [start: number, end: number];
  readonly gen?: number;
  /** CPU0's slot generation, and mm A's. */
  readonly local: number;
  readonly mmGen: number;
  readonly lazy?: boolean;
  readonly loaded?: number;
  readonly initiator?: number;
}

/** Runs flush_tlb_func on CPU0, which has mm A loaded in slot 1, for CPU1's request unless said otherwise. */
function flush(options: Case): {
  bench: Bench;
  slotGen: number;
  flushes: string[];
  decided: number[];
  traced: [number, number][];
} {
  const bench = new Bench(
    quiet({ start: [{ loadedMm: 0, loadedMmAsid: 1, slots: [null, { mm: 0, tlbGen: options.local }] }] }),
    options,
  );
  const own = bench.layout.cpus[0].tlbstate;
  const initiator = options.initiator ?? 1;
  const info = bench.layout.cpus[initiator].flushInfo;
  const [start, end] = options.range ?? [0, TLB_FLUSH_ALL];
  bench
    .set(info.mm, options.mm ?? MM_A)
    .set(info.start, start)
    .set(info.end, end)
    .set(info.newTlbGen, options.gen ?? 0)
    .set(bench.layout.mms[MM_A].tlbGen, options.mmGen)
    .set(own.isLazy, options.lazy === true ? 1 : 0);
  if (options.loaded !== undefined) bench.set(own.loadedMm, options.loaded);
  bench.run((cpu) => flushTlbFunc(cpu, initiator));
  return {
    bench,
    slotGen: bench.word(own.ctxs[1].tlbGen),
    flushes: bench.ops.filter((op) => /write_cr3|invlpg/.test(op)),
    decided: bench.eventsOf(0, EV_DECIDED).map(([, what]) => what),
    traced: bench.eventsOf(0, EV_TLB_FLUSH),
  };
}

const FULL = ['write_cr3 pcid 2 flush'];

describe('flush_tlb_func', () => {
  it('for another mm: up to 6.13 does nothing', () => {
    const { slotGen, flushes, traced, bench } = flush({
      profile: '6.12',
      mm: MM_B,
      gen: 9,
      local: 3,
      mmGen: 4,
    });
    expect({ slotGen, flushes, traced }).toEqual({ slotGen: 3, flushes: [], traced: [] });
    expect(bench.ops.some((op) => op.includes('mm_cpumask'))).toBe(false);
  });

  it('for another mm on the initiator itself: up to 6.13 flushes what is loaded', () => {
    const { slotGen, flushes } = flush({
      profile: '6.12',
      mm: MM_B,
      gen: 9,
      local: 3,
      mmGen: 4,
      initiator: 0,
    });
    expect({ slotGen, flushes }).toEqual({ slotGen: 4, flushes: FULL });
  });

  it('up to 5.19 reads the mm generation before anything that may end it', () => {
    const read = (profile: string): number =>
      flush({ profile, gen: 4, local: 4, mmGen: 4, lazy: true }).bench.ops.indexOf('READ_ONCE tlb_gen(A)');
    expect(read('5.10')).toBe(2);
    expect(read('6.12')).toBe(-1);
  });

  it('for another mm: since 6.14 clears its own bit in that mm, locked, and says so', () => {
    const { bench, flushes, traced } = flush({ mm: MM_B, gen: 9, local: 3, mmGen: 4 });
    expect(bench.ops.at(-1)).toBe(`atomic_fetch_and mm_cpumask(B) ${~1}`);
    expect({ flushes, traced }).toEqual({ flushes: [], traced: [[TLB_REMOTE_WRONG_CPU, 0]] });
  });

  it('with init_mm loaded does nothing', () => {
    const { bench, flushes, traced } = flush({ mm: MM_NULL, loaded: INIT_MM, local: 3, mmGen: 4 });
    expect({ flushes, traced, last: bench.ops.length }).toEqual({ flushes: [], traced: [], last: 2 });
  });

  it('on a lazy CPU switches to init_mm and leaves the slot as it is', () => {
    const { bench, slotGen } = flush({ gen: 5, local: 3, mmGen: 5, lazy: true });
    expect(slotGen).toBe(3);
    expect(bench.eventsOf(0, EV_UNLAZIED)).toEqual([[MM_A, 0]]);
    expect(bench.word(bench.layout.cpus[0].tlbstate.loadedMm)).toBe(INIT_MM);
    expect(bench.word(bench.layout.cpus[0].tlbstate.isLazy)).toBe(0);
  });

  it.each<[string, Case, { slotGen: number; flushes: string[]; decided: number[] }]>([
    [
      'early out: the generation asked for is reached',
      { gen: 4, local: 4, mmGen: 6, range: [0, 1] },
      { slotGen: 4, flushes: [], decided: [DECIDED_EARLY_OUT] },
    ],
    [
      'early out: it is passed',
      { gen: 3, local: 4, mmGen: 6 },
      { slotGen: 4, flushes: [], decided: [DECIDED_EARLY_OUT] },
    ],
    [
      'no early out before 6.0',
      { features: { genEarlyOut: false }, gen: 4, local: 4, mmGen: 6, range: [0, 1] },
      { slotGen: 6, flushes: FULL, decided: [] },
    ],
    [
      'a request without a generation never takes the early out',
      { mm: MM_NULL, gen: 0, local: 4, mmGen: 6 },
      { slotGen: 6, flushes: FULL, decided: [] },
    ],
    [
      'but for bug B4',
      { mm: MM_NULL, features: { earlyOutOnGenZero: true }, gen: 0, local: 4, mmGen: 6 },
      { slotGen: 4, flushes: [], decided: [DECIDED_EARLY_OUT] },
    ],
    [
      'a request without a generation, slot up to date',
      { mm: MM_NULL, gen: 0, local: 6, mmGen: 6 },
      { slotGen: 6, flushes: [], decided: [DECIDED_UP_TO_DATE] },
    ],
    [
      'partial: one behind, and nothing newer',
      { gen: 5, local: 4, mmGen: 5, range: [1, 3] },
      { slotGen: 5, flushes: ['invlpg 1', 'invlpg 2'], decided: [DECIDED_PARTIAL] },
    ],
    [
      'full: two behind',
      { gen: 5, local: 3, mmGen: 5, range: [1, 3] },
      { slotGen: 5, flushes: FULL, decided: [] },
    ],
    [
      'full: one behind the request, the mm is further',
      { gen: 5, local: 4, mmGen: 6, range: [1, 3] },
      { slotGen: 6, flushes: FULL, decided: [] },
    ],
    ['full: the request is full', { gen: 5, local: 4, mmGen: 5 }, { slotGen: 5, flushes: FULL, decided: [] }],
  ])('%s', (_name, options, expected) => {
    const { slotGen, flushes, decided } = flush(options);
    expect({ slotGen, flushes, decided }).toEqual(expected);
  });

  it('reads the mm generation before it flushes, and stores that value after', () => {
    const { bench } = flush({ gen: 5, local: 3, mmGen: 5 });
    const at = (text: string): number => bench.ops.findIndex((op) => op.startsWith(text));
    expect(at('READ_ONCE tlb_gen(A)')).toBeGreaterThan(-1);
    expect(at('READ_ONCE tlb_gen(A)')).toBeLessThan(at('write_cr3'));
    expect(at('write_cr3')).toBeLessThan(at('WRITE_ONCE cpu0.ctxs[1].tlb_gen'));
    expect(bench.ops.filter((op) => op.includes('tlb_gen(A)'))).toHaveLength(1);
  });

  it('the early out does not touch the contended mm generation', () => {
    const { bench } = flush({ gen: 4, local: 4, mmGen: 6 });
    expect(bench.ops.some((op) => op.includes('tlb_gen(A)'))).toBe(false);
  });

  it('names the reason', () => {
    const mine = { gen: 5, local: 3, mmGen: 5, initiator: 0 } as const;
    expect(flush({ ...mine, initiator: 1 }).traced).toEqual([[TLB_REMOTE_SHOOTDOWN, -1]]);
    expect(flush(mine).traced).toEqual([[TLB_LOCAL_MM_SHOOTDOWN, -1]]);
    expect(flush({ ...mine, mm: MM_NULL, gen: 0 }).traced).toEqual([[TLB_LOCAL_SHOOTDOWN, -1]]);
    expect(flush({ ...mine, gen: 5, local: 4, range: [0, 2] }).traced).toEqual([[TLB_LOCAL_MM_SHOOTDOWN, 2]]);
    expect(flush({ ...mine, local: 5, gen: 0, mm: MM_NULL }).traced).toEqual([[TLB_LOCAL_SHOOTDOWN, 0]]);
  });
});
