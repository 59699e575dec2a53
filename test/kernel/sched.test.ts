import { describe, expect, it } from 'vitest';
import { FIRST_USER_MM, INIT_MM, MM_NULL } from '../../src/kernel/constants.js';
import { enterLazyTlb, leaveMm } from '../../src/kernel/lazy.js';
import { contextSwitch, MM_ALIVE, MM_DEAD } from '../../src/kernel/sched.js';
import type { ScenarioCpu } from '../../src/vocabulary/scenario.js';
import { Bench, quiet } from './harness.js';

/** A7: the scheduler's side of lazy mode. */
const MM_A = FIRST_USER_MM;
const MM_B = FIRST_USER_MM + 1;
const onA: ScenarioCpu = { loadedMm: 0 };

function states(bench: Bench) {
  const { tlbstate, current } = bench.layout.cpus[0];
  return {
    loaded: bench.word(tlbstate.loadedMm),
    lazy: bench.word(tlbstate.isLazy),
    mm: bench.word(current.mm),
    active: bench.word(current.activeMm),
  };
}

describe('context_switch', () => {
  it('to a kernel thread keeps the mm lazily, and pins it', () => {
    const bench = new Bench(quiet({ start: [onA] }));
    bench.run((cpu) => contextSwitch(cpu, MM_NULL));
    expect(states(bench)).toEqual({ loaded: MM_A, lazy: 1, mm: MM_NULL, active: MM_A });
    expect(bench.word(bench.layout.mms[MM_A].mmCount)).toBe(2);
    expect(bench.ops.some((op) => op.startsWith('write_cr3'))).toBe(false);
  });

  it('from one kernel thread to another pins nothing more', () => {
    const bench = new Bench(quiet({ start: [onA] }));
    bench.run(function* (cpu) {
      yield* contextSwitch(cpu, MM_NULL);
      yield* contextSwitch(cpu, MM_NULL);
    });
    expect(bench.word(bench.layout.mms[MM_A].mmCount)).toBe(2);
  });

  it('from a kernel thread to a user task lets the borrowed mm go, after the switch', () => {
    const bench = new Bench(quiet({ start: [onA] }));
    bench.run(function* (cpu) {
      yield* contextSwitch(cpu, MM_NULL);
      yield* contextSwitch(cpu, MM_B);
    });
    expect(states(bench)).toEqual({ loaded: MM_B, lazy: 0, mm: MM_B, active: MM_B });
    expect(bench.word(bench.layout.mms[MM_A].mmCount)).toBe(1);
    const at = (text: string): number => bench.ops.findIndex((op) => op.startsWith(text));
    expect(at('write_cr3')).toBeLessThan(at('atomic_fetch_add mm_count(A) -1'));
    expect(bench.ops.indexOf('local_irq_enable', at('write_cr3'))).toBeLessThan(
      at('atomic_fetch_add mm_count(A) -1'),
    );
  });

  it('the last reference frees the root', () => {
    const bench = new Bench(quiet({ start: [{ loadedMm: 0, lazy: true }] }));
    const { mmCount, alive, pgd } = bench.layout.mms[MM_A];
    bench.set(mmCount, 1);
    const root = bench.program.image[pgd];
    bench.run((cpu) => contextSwitch(cpu, MM_B));
    expect(bench.word(alive)).toBe(MM_DEAD);
    expect(
      bench.machine.mem[bench.layout.mmu.freeStack + bench.machine.mem[bench.layout.mmu.freeTop] - 1],
    ).toBe(root);
  });

  it('without lazy mode a kernel thread runs on init_mm', () => {
    const bench = new Bench(quiet({ lazy: false, start: [onA] }));
    bench.run((cpu) => contextSwitch(cpu, MM_NULL));
    expect(states(bench)).toEqual({ loaded: INIT_MM, lazy: 0, mm: MM_NULL, active: INIT_MM });
    expect(bench.word(bench.layout.mms[MM_A].mmCount)).toBe(1);
    expect(bench.word(bench.layout.mms[MM_A].alive)).toBe(MM_ALIVE);
  });

  it('switches with interrupts off', () => {
    const bench = new Bench(quiet({ start: [onA] }));
    bench.run((cpu) => contextSwitch(cpu, MM_B));
    expect(bench.ops[0]).toBe('local_irq_disable');
    expect(bench.ops.at(-1)).toBe('local_irq_enable');
  });
});

describe('enter_lazy_tlb and leave_mm', () => {
  it('on init_mm do nothing', () => {
    for (const body of [enterLazyTlb, leaveMm]) {
      const bench = new Bench(quiet());
      bench.run((cpu) => body(cpu));
      expect(bench.ops).toEqual(['READ_ONCE cpu0.loaded_mm']);
    }
  });

  it('enter_lazy_tlb is one plain store, and can be repeated', () => {
    const bench = new Bench(quiet({ start: [onA] }));
    bench.run((cpu) => enterLazyTlb(cpu));
    expect(bench.ops).toEqual(['READ_ONCE cpu0.loaded_mm', 'WRITE_ONCE cpu0.is_lazy = 1']);
  });

  it('leave_mm goes to init_mm, no longer lazy; up to 6.13 the bit goes too', () => {
    for (const [profile, mask] of [
      ['6.12', 0],
      ['6.18', 1],
    ] as const) {
      const bench = new Bench(quiet({ start: [{ loadedMm: 0, lazy: true }] }), { profile });
      bench.run((cpu) => leaveMm(cpu));
      expect(states(bench)).toMatchObject({ loaded: INIT_MM, lazy: 0 });
      expect(bench.word(bench.layout.mms[MM_A].cpumask)).toBe(mask);
    }
  });
});
