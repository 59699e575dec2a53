import { describe, expect, it } from 'vitest';
import { flushTlbMm } from '../../src/kernel/batched-unmap.js';
import { FIRST_USER_MM, TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import { flushTlbMmRange, getFlushTlbInfo, incMmTlbGen } from '../../src/kernel/flush-mm-range.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A9: counting a request, describing it, and who it is for. */
const MM_A = FIRST_USER_MM;

interface Where {
  /** CPUs in A's mask besides those that have it loaded. */
  readonly mask?: readonly number[];
  /** Whether CPU0, CPU1 have A loaded (else init_mm). */
  readonly here?: boolean;
  readonly there?: boolean;
}

function machine(where: Where, setup: Setup = {}): Bench {
  const loaded = (yes: boolean | undefined) => (yes === true ? { loadedMm: 0 } : {});
  return new Bench(
    quiet({
      mms: [{ tlbGen: 4, cpumask: where.mask ?? [] }],
      start: [loaded(where.here), loaded(where.there)],
    }),
    setup,
  );
}

function flushed(bench: Bench, freedTables = false): { ops: string[]; ipis: string[]; flushes: string[] } {
  bench.run((cpu) => flushTlbMmRange(cpu, MM_A, 1, 2, 1, freedTables));
  return {
    ops: bench.ops,
    ipis: bench.ops.filter((op) => op.startsWith('send IPI')),
    flushes: bench.ops.filter((op) => /write_cr3|invlpg/.test(op)),
  };
}

describe('inc_mm_tlb_gen', () => {
  it('is one locked increment that returns the new generation', () => {
    const bench = machine({});
    expect(bench.run((cpu) => incMmTlbGen(cpu, MM_A))).toBe(5);
    expect(bench.ops).toEqual(['atomic_fetch_add tlb_gen(A) 1']);
  });

  it('before the barrier (B8) is a load and a store', () => {
    const bench = machine({}, { features: { incGenIsBarrier: false } });
    expect(bench.run((cpu) => incMmTlbGen(cpu, MM_A))).toBe(5);
    expect(bench.ops).toEqual(['READ_ONCE tlb_gen(A)', 'WRITE_ONCE tlb_gen(A) = 5']);
  });
});

describe('get_flush_tlb_info', () => {
  const info = (nominalPages: number, end = 2): { start: number; end: number } => {
    const bench = machine({});
    bench.run((cpu) => getFlushTlbInfo(cpu, MM_A, 1, end, nominalPages, true, 9));
    const fields = bench.layout.cpus[0].flushInfo;
    expect(bench.word(fields.mm)).toBe(MM_A);
    expect(bench.word(fields.newTlbGen)).toBe(9);
    expect(bench.word(fields.initiatingCpu)).toBe(0);
    expect(bench.word(fields.freedTables)).toBe(1);
    expect(bench.word(fields.trimCpumask)).toBe(0);
    return { start: bench.word(fields.start), end: bench.word(fields.end) };
  };

  it('keeps up to 33 pages as a range', () => {
    expect(info(1)).toEqual({ start: 1, end: 2 });
    expect(info(33)).toEqual({ start: 1, end: 2 });
  });

  it('makes more than 33 pages, and TLB_FLUSH_ALL, a full flush', () => {
    expect(info(34)).toEqual({ start: 0, end: TLB_FLUSH_ALL });
    expect(info(0, TLB_FLUSH_ALL)).toEqual({ start: 0, end: TLB_FLUSH_ALL });
  });
});

describe('flush_tlb_mm_range', () => {
  it('counts first, looks at CPUs after', () => {
    const { ops } = flushed(machine({ here: true, there: true }));
    expect(ops[0]).toBe('atomic_fetch_add tlb_gen(A) 1');
    expect(ops.findIndex((op) => op.includes('mm_cpumask'))).toBeGreaterThan(0);
  });

  it('remote: queues, sends, flushes here while it is under way, then waits', () => {
    const { ops, ipis, flushes } = flushed(machine({ here: true, there: true }));
    expect(ipis).toEqual(['send IPI 1']);
    expect(flushes).toEqual(['invlpg 1']);
    const at = (text: string): number => ops.findIndex((op) => op.startsWith(text));
    expect(at('cmpxchg cpu1.call_single_queue')).toBeLessThan(at('send IPI'));
    expect(at('send IPI')).toBeLessThan(at('local_irq_disable'));
    expect(at('local_irq_disable')).toBeLessThan(at('invlpg'));
    expect(at('invlpg')).toBeLessThan(at('local_irq_enable'));
    // The first one locks the csd; the second waits for the acknowledgment.
    const waits = ops.flatMap((op, i) => (op === 'smp_cond_load_acquire csd(0->1).flags' ? [i] : []));
    expect(waits).toHaveLength(2);
    expect(waits[0]).toBeLessThan(at('send IPI'));
    expect(waits[1]).toBeGreaterThan(at('local_irq_enable'));
  });

  it('remote only: this CPU is not in the mask and does not flush', () => {
    const { ipis, flushes } = flushed(machine({ there: true }));
    expect({ ipis, flushes }).toEqual({ ipis: ['send IPI 1'], flushes: [] });
  });

  it('local only: no mask of others, the mm is loaded here', () => {
    const { ops, ipis, flushes } = flushed(machine({ here: true }));
    expect({ ipis, flushes }).toEqual({ ipis: [], flushes: ['invlpg 1'] });
    expect(ops.some((op) => op.includes('csd'))).toBe(false);
  });

  it('none: nobody can have it; the generation tells who loads it later', () => {
    const bench = machine({});
    const { ipis, flushes } = flushed(bench);
    expect({ ipis, flushes }).toEqual({ ipis: [], flushes: [] });
    expect(bench.word(bench.layout.mms[MM_A].tlbGen)).toBe(5);
  });

  it('nobody of the mask needs it (left set since 6.14): no IPI, no wait', () => {
    const { ops, ipis } = flushed(machine({ here: true, mask: [1] }));
    expect(ipis).toEqual([]);
    expect(ops.some((op) => op.includes('csd('))).toBe(false);
  });

  it('a trimming flush reaches the CPU whose bit was left, which clears it', () => {
    const bench = machine({ here: true, mask: [1] });
    bench.choices = [7];
    expect(flushed(bench).ipis).toEqual(['send IPI 1']);
    expect(bench.word(bench.layout.mms[MM_A].cpumask)).toBe(1);
  });

  it('6.12 does not ask whether to trim', () => {
    const bench = machine({ here: true, there: true }, { profile: '6.12' });
    bench.choices = [7];
    flushed(bench);
    expect(bench.choices).toEqual([7]);
    expect(bench.word(bench.layout.cpus[0].flushInfo.trimCpumask)).toBe(0);
  });

  it('freed tables reach a lazy CPU, leaves do not', () => {
    for (const [freed, expected] of [
      [false, []],
      [true, ['send IPI 1']],
    ] as const) {
      const bench = machine({ here: true, there: true });
      bench.set(bench.layout.cpus[1].tlbstate.isLazy, 1);
      expect(flushed(bench, freed).ipis).toEqual(expected);
    }
  });

  it('flush_tlb_mm is full and freed tables', () => {
    const bench = machine({ here: true });
    bench.run((cpu) => flushTlbMm(cpu, MM_A));
    const info = bench.layout.cpus[0].flushInfo;
    expect([bench.word(info.end), bench.word(info.freedTables)]).toEqual([TLB_FLUSH_ALL, 1]);
    expect(bench.ops).toContain('write_cr3 pcid 1 flush');
  });
});
