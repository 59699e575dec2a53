import { describe, expect, it } from 'vitest';
import { backends, findBackend } from '../../src/backends/index.js';
import { nativeBackend } from '../../src/backends/native.js';
import { nativeOthersBackend } from '../../src/backends/native-others.js';
import { FIRST_USER_MM, TLB_REMOTE_SEND_IPI, TLB_REMOTE_SHOOTDOWN } from '../../src/kernel/constants.js';
import { EV_TLB_FLUSH } from '../../src/kernel/events.js';
import { Bench, quiet, type Setup } from '../kernel/harness.js';

/** A10: native_flush_tlb_multi. */
const MM_A = FIRST_USER_MM;

/** CPUs 1 to 3 have A in their mask: 1 runs it, 2 is lazy on it, 3 has left it (its bit was left set). */
function targets(freedTables: boolean, setup: Setup = {}): { ipis: string[]; bench: Bench } {
  const bench = new Bench(
    quiet({
      cpus: 4,
      mms: [{ cpumask: [3] }],
      start: [{}, { loadedMm: 0 }, { loadedMm: 0, lazy: true }, {}],
    }),
    setup,
  );
  const { flushInfo } = bench.layout.cpus[0];
  bench.set(flushInfo.mm, MM_A).set(flushInfo.freedTables, freedTables ? 1 : 0);
  bench.run((cpu) => nativeBackend.flushTlbMulti(cpu, cpu.mms[MM_A].cpumask));
  return { ipis: bench.ops.filter((op) => op.startsWith('send IPI')), bench };
}

describe('the native backend', () => {
  it('is listed and found', () => {
    expect(backends).toContain(nativeBackend);
    expect(findBackend('native')).toBe(nativeBackend);
    expect(findBackend('smoke signals')).toBe(undefined);
  });

  it('sends to those that need it', () => {
    expect(targets(false).ipis).toEqual(['send IPI 1']);
    expect(targets(false, { profile: '6.12' }).ipis).toEqual(['send IPI 1', 'send IPI 3']);
  });

  it('sends to all of the mask when tables were freed, lazy ones too', () => {
    expect(targets(true).ipis).toEqual(['send IPI 1', 'send IPI 2', 'send IPI 3']);
    expect(targets(true, { features: { freedTablesReachLazy: false } }).ipis).toEqual(['send IPI 1']);
  });

  it('a lazy CPU that it reaches leaves the mm; one that runs another clears its bit', () => {
    const { bench } = targets(true);
    expect(bench.word(bench.layout.cpus[2].tlbstate.loadedMm)).toBe(2);
    // Since 6.14 the lazy CPU keeps its bit until the next useless IPI.
    expect(bench.word(bench.layout.mms[MM_A].cpumask)).toBe((1 << 1) | (1 << 2));
  });

  it(
    'up to 5.12 runs the target function here too once all have answered, where no ' + 'tables were freed',
    () => {
      const here = (freedTables: boolean): [number, number][] => {
        const bench = new Bench(quiet({ start: [{ loadedMm: 0 }, { loadedMm: 0 }] }), { profile: '5.10' });
        const { flushInfo } = bench.layout.cpus[0];
        bench.set(flushInfo.mm, MM_A).set(flushInfo.freedTables, freedTables ? 1 : 0);
        bench.run((cpu) => nativeOthersBackend.flushTlbMulti(cpu, cpu.mms[MM_A].cpumask));
        return bench.eventsOf(0, EV_TLB_FLUSH);
      };
      expect(here(false)).toEqual([
        [TLB_REMOTE_SEND_IPI, 0],
        [TLB_REMOTE_SHOOTDOWN, 0],
      ]);
      expect(here(true)).toEqual([[TLB_REMOTE_SEND_IPI, 0]]);
    },
  );

  it('traces what it does before it does it', () => {
    expect(targets(false).bench.eventsOf(0, EV_TLB_FLUSH)[0]).toEqual([TLB_REMOTE_SEND_IPI, 0]);
  });
});
