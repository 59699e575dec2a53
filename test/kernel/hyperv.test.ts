import { describe, expect, it } from 'vitest';
import { hypervBackend } from '../../src/backends/hyperv.js';
import { FIRST_USER_MM, MM_NULL, TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import {
  HV_FLUSH_ALL_PROCESSORS,
  HV_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES,
  HV_FLUSH_NON_GLOBAL_MAPPINGS_ONLY,
} from '../../src/kernel/hyperv.js';
import { INPUT_FLAGS, INPUT_SET } from '../../src/kernel/hyperv-layout.js';
import { listEntry, WHOLE_SPACE } from '../../src/machine/hyperv-request.js';
import type { HypervHost, ScenarioCpu } from '../../src/vocabulary/scenario.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A23: which hypercall a flush becomes, whom it names, and what it says is to go. */

const A = FIRST_USER_MM;
const running: ScenarioCpu = { loadedMm: 0 };
const lazy: ScenarioCpu = { loadedMm: 0, lazy: true };

interface Asked {
  readonly hyperv?: HypervHost;
  readonly start?: readonly ScenarioCpu[];
  readonly range?: readonly [start: number, end: number];
  readonly mm?: number;
  readonly freedTables?: boolean;
  readonly setup?: Setup;
  readonly choices?: number[];
}

/** One flush by CPU 0, which runs nothing; CPUs 1 to 3 are as `start` says. */
function flush({ hyperv, start = [{}, running, lazy, {}], range = [0, 2], ...more }: Asked) {
  const scenario = quiet({
    cpus: start.length,
    pages: 12,
    start,
    ...(hyperv === undefined ? {} : { hyperv }),
  });
  const bench = new Bench(scenario, { backend: hypervBackend, ...more.setup });
  const { flushInfo } = bench.layout.cpus[0];
  bench.choices = more.choices ?? [];
  bench
    .set(flushInfo.mm, more.mm ?? A)
    .set(flushInfo.start, range[0])
    .set(flushInfo.end, range[1])
    .set(flushInfo.freedTables, more.freedTables === true ? 1 : 0);
  bench.run((cpu) => cpu.fn.flushTlbMulti(cpu, cpu.mms[A].cpumask));
  const { input, space } = bench.layout.hyperv;
  const entries = bench.word(bench.layout.hypercall.wanted[0] + 2);
  return {
    bench,
    /** CPUs that the host flushes. */
    flushed: bench.ops.filter((op) => op.startsWith('hypercall')).length,
    ipis: bench.ops.filter((op) => op.startsWith('send IPI')).length,
    flags: bench.word(input[0] + INPUT_FLAGS),
    set: (words: number) =>
      Array.from({ length: words }, (_, word) => bench.word(input[0] + INPUT_SET + word)),
    space: bench.word(input[0] + space),
    entries,
    list: Array.from({ length: Math.max(0, entries) }, (_, at) => bench.word(input[0] + space + 1 + at)),
  };
}

describe('whom it names', () => {
  it('those of the mask but lazy ones, by a mask of virtual processors', () => {
    const { flushed, ipis, set, flags } = flush({ hyperv: { vpNumbers: [0, 33, 5, 1] } });
    expect({ flushed, ipis, flags }).toEqual({ flushed: 1, ipis: 0, flags: 0 });
    expect(set(2)).toEqual([0, 1 << 1]);
  });

  it('lazy ones too when tables were freed, and up to 6.3 always', () => {
    expect(flush({ freedTables: true }).set(1)).toEqual([0b110]);
    expect(flush({ setup: { features: { hypervSkipsLazy: false } } }).set(1)).toEqual([0b110]);
  });

  it('all processors at once, lazy ones among them', () => {
    const { flags, flushed } = flush({ start: [running, running, lazy] });
    expect({ flags, flushed }).toEqual({ flags: HV_FLUSH_ALL_PROCESSORS, flushed: 3 });
  });

  it('nobody where only lazy CPUs are left', () => {
    expect(flush({ start: [{}, lazy, {}] })).toMatchObject({ flushed: 0, ipis: 0 });
  });

  it('banks once a number is above 63, be it the last of the mask or not', () => {
    const last = flush({ hyperv: { vpNumbers: [0, 70, 1, 2] }, start: [{}, running, {}, {}] });
    expect({ flushed: last.flushed, set: last.set(4) }).toEqual({ flushed: 1, set: [0, 0, 1 << 6, 0] });
    const first = flush({ hyperv: { vpNumbers: [0, 70, 1, 2] }, start: [{}, running, running, {}] });
    expect({ flushed: first.flushed, set: first.set(4) }).toEqual({
      flushed: 2,
      set: [1 << 1, 0, 1 << 6, 0],
    });
  });

  it('sends a hypercall of an empty set where all that are above 63 are lazy', () => {
    const { flushed, ipis, bench } = flush({
      hyperv: { vpNumbers: [0, 70, 1, 2] },
      start: [{}, lazy, {}, {}],
    });
    expect({ flushed, ipis }).toEqual({ flushed: 0, ipis: 0 });
    expect(bench.ops.some((op) => op.includes('hypercall.wanted'))).toBe(true);
  });
});

describe('where it flushes by IPI instead', () => {
  it.each<[string, Asked]>([
    ['without a hypercall page', { hyperv: { hypercallPage: false } }],
    ['when a number is not known', { hyperv: { vpNumbers: [0, null, 2, 3] } }],
    [
      'when one of a sparse set is not known',
      { hyperv: { vpNumbers: [0, null, 2, 90] }, start: [{}, running, {}, running] },
    ],
    ['without sparse sets', { hyperv: { vpNumbers: [0, 64, 2, 3], sparseSets: false } }],
    ['when the host refuses', { hyperv: { refuses: true }, choices: [1] }],
  ])('%s', (_, asked) => {
    const { flushed, ipis } = flush(asked);
    expect(flushed).toBe(0);
    expect(ipis).toBeGreaterThan(0);
  });

  it('B33: without the test an unknown number is a flag, and its CPU is left out', () => {
    const { flushed, ipis, set } = flush({
      hyperv: { vpNumbers: [0, null, 2, 3] },
      start: [{}, running, running, {}],
      setup: { features: { hypervChecksVpNumber: false } },
    });
    expect({ flushed, ipis, set: set(1) }).toEqual({ flushed: 1, ipis: 0, set: [0b100] });
  });
});

describe('a mask that becomes empty', () => {
  it('is nobody to flush; B32: up to 5.16 no CPU is looked for behind the last', () => {
    const emptied = (seen: boolean) => {
      const bench = new Bench(quiet({ cpus: 3, start: [{}, running, {}] }), {
        backend: hypervBackend,
        features: { hypervSeesEmptyMask: seen },
        replace: {
          // Runs right after the test for an empty mask.
          *hypervAddressSpace(cpu) {
            yield* cpu.writeOnce(cpu.mms[A].cpumask, 0);
          },
        },
      });
      bench.set(bench.layout.cpus[0].flushInfo.mm, A);
      bench.run((cpu) => cpu.fn.flushTlbMulti(cpu, cpu.mms[A].cpumask));
      return bench.machine.violation?.class ?? null;
    };
    expect(emptied(true)).toBe(null);
    expect(emptied(false)).toBe('assertion');
  });
});

describe('what is to go', () => {
  it('a space by its root, or every space for a request without an mm', () => {
    const one = flush({ range: [0, TLB_FLUSH_ALL] });
    expect(one.space).toBe(one.bench.word(one.bench.layout.mms[A].pgd));
    expect({ entries: one.entries, flags: one.flags }).toEqual({
      entries: WHOLE_SPACE,
      flags: HV_FLUSH_NON_GLOBAL_MAPPINGS_ONLY,
    });
    const all = flush({ range: [0, TLB_FLUSH_ALL], mm: MM_NULL });
    expect(all.space).toBe(-1);
    expect(all.flags & HV_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES).not.toBe(0);
  });

  it('a list: each entry a page and up to 4,095 further ones', () => {
    expect(flush({ range: [3, 9] }).list).toEqual([listEntry(3, 5)]);
    expect(flush({ range: [1, 12], hyperv: { entryPages: 4 } }).list).toEqual([
      listEntry(1, 3),
      listEntry(5, 3),
      listEntry(9, 2),
    ]);
    expect(flush({ range: [4, 12], hyperv: { entryPages: 4 } }).list).toEqual([
      listEntry(4, 3),
      listEntry(8, 3),
    ]);
  });

  it('with entries of the real size', () => {
    const bench = new Bench(quiet({ pages: 3 }), { backend: hypervBackend });
    const list = bench.layout.hyperv.input[0] + bench.layout.hyperv.space + 1;
    expect(bench.run((cpu) => cpu.fn.hypervFillList(cpu, 10, 10 + 4_096 + 7))).toBe(2);
    expect([bench.word(list), bench.word(list + 1)]).toEqual([listEntry(10, 4_095), listEntry(4_106, 6)]);
  });

  it('the whole space, globals too, where the list would not fit', () => {
    const { entries, flags } = flush({ range: [0, 12], hyperv: { entryPages: 2, listEntries: 5 } });
    expect({ entries, flags }).toEqual({ entries: WHOLE_SPACE, flags: 0 });
    expect(flush({ range: [0, 11], hyperv: { entryPages: 2, listEntries: 5 } }).entries).toBe(6);
  });

  it('B34: near the end of the addresses a list ends, or goes on for ever', () => {
    const atTheEnd = (features: Setup['features']) =>
      flush({
        range: [10, 12],
        hyperv: { entryPages: 4, listEntries: 3, addressPages: 12 },
        setup: { features },
      });
    expect(atTheEnd({}).list).toEqual([listEntry(10, 1)]);
    // An entry that is full where the addresses end.
    const hyperv = { entryPages: 2, listEntries: 1, addressPages: 12 };
    expect(flush({ range: [10, 12], hyperv }).list).toEqual([listEntry(10, 1)]);
    expect(atTheEnd({ hypervListEndsAtEnd: false }).bench.machine.violation?.class).toBe('assertion');
  });
});

describe('a virtual processor of number 4,096', () => {
  it('makes a set of no banks, which the guest takes for one: nobody is flushed', () => {
    const { flushed, ipis } = flush({
      hyperv: { vpNumbers: [0, 4_096, 2, 3] },
      start: [{}, running, {}, {}],
    });
    expect({ flushed, ipis }).toEqual({ flushed: 0, ipis: 0 });
  });
});
