import { describe, expect, it } from 'vitest';
import { invlpgbBackend } from '../../src/backends/invlpgb.js';
import { FIRST_USER_MM, TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import {
  EV_BATCH_BROADCAST,
  EV_BROADCAST,
  EV_TLB_FLUSH,
  EV_TRANSITION_DONE,
  EV_TRANSITION_WAIT,
} from '../../src/kernel/events.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { Bench, quiet, type Setup } from './harness.js';

/** A24: what flush, switch, handler and batch do for an mm with a global ASID. */

const A = FIRST_USER_MM;
/** Three slots, so that the first global ASID is 3. */
const GLOBAL = 3;

/** Two CPUs run A, CPU 1 under a slot of its own; A has a global ASID. */
function bench(
  transition: boolean,
  setup: Setup = {},
  pages = 20,
  changes: Parameters<typeof quiet>[0] = {},
): Bench {
  const machine = new Bench(quiet({ pages, start: [{ loadedMm: 0 }, { loadedMm: 0 }], ...changes }), {
    backend: invlpgbBackend,
    ...setup,
  });
  const { globalAsids } = machine.layout;
  return machine
    .set(globalAsids.asid[A], GLOBAL)
    .set(globalAsids.transition[A], transition ? 1 : 0)
    .set(globalAsids.used, 1 << GLOBAL)
    .set(globalAsids.last, GLOBAL);
}

const broadcasts = (machine: Bench): string[] =>
  machine.ops.filter((op) => /invlpgb|tlbsync|send IPI/.test(op));
const flush = (start: number, end: number, freed = false) =>
  function* (cpu: KernelCpu): Protocol<void> {
    yield* cpu.fn.flushTlbMmRange(cpu, A, start, end, end - start, freed);
  };

describe('flush_tlb_mm_range of an mm with a global ASID', () => {
  it('broadcasts the PCID, or the pages in pieces of eight, and waits', () => {
    const full = bench(false);
    full.run(flush(0, TLB_FLUSH_ALL));
    expect(broadcasts(full)).toEqual([`invlpgb flags 6 pcid ${GLOBAL + 1} page 0 pages 0`, 'tlbsync']);
    expect(full.eventsOf(0, EV_BROADCAST)).toEqual([[A, GLOBAL]]);
    const range = bench(false);
    range.run(flush(1, 18));
    expect(broadcasts(range)).toEqual([
      'invlpgb flags 7 pcid 4 page 1 pages 8',
      'invlpgb flags 7 pcid 4 page 9 pages 8',
      'invlpgb flags 7 pcid 4 page 17 pages 1',
      'tlbsync',
    ]);
    const pieces = (invlpgbCountMax: number): number[] => {
      const other = bench(false, {}, 20, { invlpgbCountMax });
      other.run(flush(1, 8));
      return broadcasts(other).flatMap((op) =>
        [...op.matchAll(/pages (\d+)/g)].map((seen) => Number(seen[1])),
      );
    };
    expect(pieces(3)).toEqual([3, 3, 1]);
    expect(pieces(1)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(pieces(65_535)).toEqual([7]);
    const nameless = bench(false, { features: { invlpgbAsidValid: false } });
    nameless.run(flush(0, 1));
    expect(broadcasts(nameless)[0]).toContain('flags 3 ');
  });

  it('in transition sends the CPUs that lag behind an IPI, between the broadcast and the wait', () => {
    const machine = bench(true);
    machine.run(flush(0, 1));
    expect(broadcasts(machine)).toEqual(['invlpgb flags 7 pcid 4 page 0 pages 1', 'send IPI 1', 'tlbsync']);
    expect(machine.eventsOf(0, EV_TRANSITION_WAIT)).toEqual([[A, 0]]);
    // Both have followed, this CPU too; the next flush finds that out.
    const { cpus, globalAsids } = machine.layout;
    expect(cpus.map(({ tlbstate }) => machine.word(tlbstate.loadedMmAsid))).toEqual([GLOBAL, GLOBAL]);
    expect(machine.word(globalAsids.transition[A])).toBe(1);
  });

  it('ends the transition once it finds nobody under another ASID', () => {
    const machine = bench(true);
    for (const { tlbstate } of machine.layout.cpus) machine.set(tlbstate.loadedMmAsid, GLOBAL);
    machine.run(flush(0, 1));
    expect(broadcasts(machine)).toEqual(['invlpgb flags 7 pcid 4 page 0 pages 1', 'tlbsync']);
    expect(machine.eventsOf(0, EV_TRANSITION_DONE)).toEqual([[A, 0]]);
    expect(machine.word(machine.layout.globalAsids.transition[A])).toBe(0);
  });

  it('without a global ASID goes by IPI, and none of it is there for other kernels and without PCIDs', () => {
    const machine = bench(false).set(0, 0);
    machine.set(machine.layout.globalAsids.asid[A], 0);
    machine.run(flush(0, 1));
    expect(broadcasts(machine)).toEqual(['send IPI 1']);
    const silent = new Bench(quiet({ pcid: false, slots: 1 }), {
      backend: invlpgbBackend,
      profile: '7.1',
    });
    expect(silent.program.config.broadcasts).toBe(false);
    const old = new Bench(quiet(), { backend: invlpgbBackend, profile: '6.14' });
    expect([old.program.config.broadcasts, old.layout.globalAsids.asid]).toEqual([false, []]);
  });
});

describe('a switch', () => {
  const switchTo = (machine: Bench, mm: number): string[] => {
    machine.run(function* (cpu) {
      yield* cpu.localIrqDisable();
      yield* cpu.fn.switchMmIrqsOff(cpu, mm);
      yield* cpu.localIrqEnable();
    });
    return machine.ops.filter((op) => /write_cr3|ctxs/.test(op));
  };

  it('to the mm loads the global PCID without a flush and touches no slot', () => {
    const machine = bench(false);
    machine.set(machine.layout.cpus[0].tlbstate.loadedMm, 2);
    expect(switchTo(machine, A)).toEqual([`write_cr3 pcid ${GLOBAL + 1} no flush`]);
    expect(machine.word(machine.layout.cpus[0].tlbstate.loadedMmAsid)).toBe(GLOBAL);
  });

  it('to the loaded mm follows to the global ASID; under it there is nothing to do, lazy or not', () => {
    expect(switchTo(bench(true), A)).toEqual([`write_cr3 pcid ${GLOBAL + 1} no flush`]);
    const under = bench(false);
    const { tlbstate } = under.layout.cpus[0];
    under.set(tlbstate.loadedMmAsid, GLOBAL).set(tlbstate.isLazy, 1);
    expect(switchTo(under, A)).toEqual([]);
    expect(under.word(tlbstate.isLazy)).toBe(0);
  });
});

describe('flush_tlb_func', () => {
  it('follows to the global ASID, and returns under it without a flush', () => {
    const machine = bench(true);
    machine.run(function* (cpu) {
      yield* cpu.fn.getFlushTlbInfo(cpu, A, 0, 1, 1, false, 2);
      yield* cpu.fn.flushHere(cpu);
      yield* cpu.fn.flushHere(cpu);
    });
    expect(machine.ops.filter((op) => /write_cr3|invlpg/.test(op))).toEqual([
      `write_cr3 pcid ${GLOBAL + 1} no flush`,
    ]);
    expect(machine.eventsOf(0, EV_TLB_FLUSH)).toEqual([[0, 0]]);
  });
});

describe('arch_tlbbatch_flush', () => {
  const reclaimed = (features: Setup['features'], transition = true): Bench => {
    const machine = bench(transition, { features });
    machine.run(function* (cpu) {
      yield* cpu.fn.archTlbbatchAddPending(cpu, A);
      yield* cpu.fn.archTlbbatchFlush(cpu);
    });
    return machine;
  };

  it('broadcasts everything once, and sends nothing', () => {
    const machine = reclaimed({});
    expect(broadcasts(machine)).toEqual(['invlpgb flags 4 pcid 0 page 0 pages 0', 'tlbsync']);
    expect(machine.eventsOf(0, EV_BATCH_BROADCAST)).toHaveLength(1);
    expect(machine.word(machine.layout.cpus[0].ubc.cpumask)).toBe(0);
  });

  it('as posted broadcasts the mm at once, and sends IPIs too while it is in transition', () => {
    const byMm = 'invlpgb flags 6 pcid 4 page 0 pages 0';
    expect(broadcasts(reclaimed({ batchByMm: true }))).toEqual([byMm, 'tlbsync', 'send IPI 1']);
    expect(broadcasts(reclaimed({ batchByMm: true }, false))).toEqual([byMm, 'tlbsync']);
    const a = { batchByMm: true, batchSyncsAndSends: false };
    const b = { batchByMm: true, batchSeesTransition: false };
    for (const broken of [a, b]) expect(broadcasts(reclaimed(broken))).toEqual([byMm, 'tlbsync']);
  });
});
