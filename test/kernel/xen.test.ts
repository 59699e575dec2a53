import { describe, expect, it } from 'vitest';
import { xenBackend } from '../../src/backends/xen.js';
import { FIRST_USER_MM, INIT_MM, TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { withoutPcids } from '../../src/kernel/xen-layout.js';
import { FLUSH_EVERYTHING, FLUSH_PAGES } from '../../src/machine/hypervisor.js';
import type { Protocol } from '../../src/machine/protocol.js';
import type { ScenarioCpu } from '../../src/vocabulary/scenario.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A22: what a Xen PV guest asks its hypervisor for, and in which order. */

const A = FIRST_USER_MM;
const running: ScenarioCpu = { loadedMm: 0 };
const lazy: ScenarioCpu = { loadedMm: 0, lazy: true };

function bench(start: readonly ScenarioCpu[], setup: Setup = {}): Bench {
  const mapped = [0, 1].map((page) => ({ page, write: true }));
  return new Bench(quiet({ cpus: start.length, start, mms: [{ mapped }] }), {
    backend: xenBackend,
    ...setup,
  });
}

function flush(start: readonly ScenarioCpu[], [first, end]: readonly [number, number], setup: Setup = {}) {
  const machine = bench(start, setup);
  const { flushInfo } = machine.layout.cpus[0];
  machine.set(flushInfo.mm, A).set(flushInfo.start, first).set(flushInfo.end, end);
  machine.run((cpu) => cpu.fn.flushTlbMulti(cpu, cpu.mms[A].cpumask));
  return {
    flushed: machine.ops.filter((op) => op.startsWith('hypercall')).length,
    wanted: machine.word(machine.layout.hypercall.wanted[0]),
    ipis: machine.ops.filter((op) => op.startsWith('send IPI')).length,
  };
}

describe('a flush', () => {
  it('is one multicall for all of the mask, this CPU and lazy ones too', () => {
    expect(flush([running, running, lazy, {}], [0, TLB_FLUSH_ALL])).toEqual({
      flushed: 3,
      wanted: FLUSH_EVERYTHING,
      ipis: 0,
    });
    expect(flush([running, running], [0, 1], { profile: '5.10' }).flushed).toBe(1);
    expect(flush([{}, {}], [0, 1]).flushed).toBe(0);
  });

  it('names an address where the range is a page, and nothing where it is more', () => {
    expect(flush([{}, running], [1, 2]).wanted).toBe(FLUSH_PAGES);
    expect(flush([{}, running], [0, 2]).wanted).toBe(FLUSH_EVERYTHING);
  });
});

describe('lazy MMU mode', () => {
  /** The two operations that matter, of a flush that is asked for with an update still queued. */
  function order(setup: Setup = {}): { before: number; after: string[] } {
    const machine = bench([running, running], setup);
    const { flushInfo } = machine.layout.cpus[0];
    machine.set(flushInfo.mm, A).set(flushInfo.end, TLB_FLUSH_ALL);
    let before = -1;
    machine.run(function* (cpu: KernelCpu): Protocol<void> {
      const table = yield* cpu.fn.pmdTable(cpu, A, 0);
      const address = machine.program.mmu!.framesBase + table * machine.program.mmu!.frameStride;
      yield* cpu.fn.enterLazyMmu(cpu);
      yield* cpu.fn.tlbGatherMmu(cpu, A, false);
      yield* cpu.fn.changePte(cpu, A, 0, address);
      yield* cpu.fn.flushTlbMulti(cpu, cpu.mms[A].cpumask);
      before = machine.ops.filter((op) => /wrprotect|hypercall\(/.test(op)).length;
      yield* cpu.fn.leaveLazyMmu(cpu);
    });
    const after = machine.ops.filter((op) => /wrprotect|hypercall\(/.test(op)).map((op) => op.split(' ')[0]);
    return { before, after };
  }

  it('queues updates and the flush behind them, and carries both out in that order at its end', () => {
    expect(order()).toEqual({
      before: 0,
      after: ['ptep_set_wrprotect', 'hypercall(flush)', 'hypercall(flush)'],
    });
  });

  it('without that order flushes what is not changed yet', () => {
    expect(order({ features: { xenKeepsOrder: false } }).after[0]).toBe('hypercall(flush)');
  });
});

describe('exit', () => {
  const exit = (setup: Setup = {}): Bench => {
    const machine = bench([running, lazy, {}], setup);
    machine.run((cpu) => cpu.fn.exitMm(cpu, A));
    return machine;
  };

  it('pushes this CPU and lazy ones off the mm before its tables are unpinned, and no others', () => {
    const machine = exit();
    expect(machine.machine.violation).toBe(null);
    expect(machine.ops.filter((op) => op.startsWith('send IPI'))).toEqual(['send IPI 1']);
    for (const { tlbstate } of machine.layout.cpus) expect(machine.word(tlbstate.loadedMm)).toBe(INIT_MM);
  });

  it('else unpins what a CPU has in CR3', () => {
    expect(exit({ features: { xenDropsLazyRefs: false } }).machine.violation?.class).toBe('assertion');
  });
});

describe('CR3', () => {
  const load = (setup: Setup = {}): string[] => {
    const machine = bench([running, {}], setup);
    machine.run(function* (cpu) {
      yield* cpu.localIrqDisable();
      yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
    });
    const { xen, mms } = machine.layout;
    expect(machine.word(xen.currentCr3[0])).toBe(machine.word(mms[INIT_MM].pgd));
    return machine.ops.filter((op) => /cr3 pcid|invpcid/.test(op));
  };

  it('is loaded with a flush, and noted; B23 flushes first and then loads without', () => {
    expect(load()).toEqual(['write_cr3 pcid 0 flush']);
    expect(load({ features: { xenCr3Purges: false } })).toEqual([
      expect.stringContaining('invpcid'),
      'write_cr3 pcid 0 no flush',
    ]);
  });
});

describe('a scenario with PCIDs', () => {
  it('begins with the slot that is loaded and what it has cached', () => {
    const start: ScenarioCpu[] = [
      {
        loadedMm: 1,
        lazy: true,
        slots: [
          { mm: 0, tlbGen: 1 },
          { mm: 1, tlbGen: 3 },
        ],
        loadedMmAsid: 1,
        nextAsid: 2,
        cached: [
          { mm: 0, page: 0 },
          { mm: 1, page: 2 },
        ],
      },
      { slots: [null] },
    ];
    expect(withoutPcids(quiet({ start }))).toEqual({
      ...quiet(),
      pcid: false,
      start: [{ loadedMm: 1, lazy: true, slots: [{ mm: 1, tlbGen: 3 }], cached: [{ mm: 1, page: 2 }] }, {}],
    });
  });
});
