import { describe, expect, it } from 'vitest';
import { FIRST_USER_MM, INIT_MM, LOADED_MM_SWITCHING } from '../../src/kernel/constants.js';
import { flushTlbFunc } from '../../src/kernel/flush-tlb-func.js';
import type { KernelFunctions } from '../../src/kernel/functions.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { switchMmIrqsOff } from '../../src/kernel/switch-mm.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { Bench, quiet } from './harness.js';

/** One condition of a large function is a function of its own: replaced alone, it decides otherwise. */
const MM_A = FIRST_USER_MM;
const MM_B = FIRST_USER_MM + 1;

/** A bench whose CPU0 has mm A loaded in slot 1 at generation 3. */
function bench(replace: Partial<KernelFunctions>): Bench {
  const start = [{ loadedMm: 0, loadedMmAsid: 1, slots: [null, { mm: 0, tlbGen: 3 }] }];
  return new Bench(quiet({ start }), { replace });
}

/** What flush_tlb_func executes for CPU1's request of page 0 for generation `gen`, the mm being at 4. */
function flushed(replace: Partial<KernelFunctions>, gen: number, changes: { mm?: number; lazy?: boolean }) {
  const made = bench(replace);
  const info = made.layout.cpus[1].flushInfo;
  made
    .set(info.mm, changes.mm ?? MM_A)
    .set(info.start, 0)
    .set(info.end, 1)
    .set(info.newTlbGen, gen)
    .set(made.layout.mms[MM_A].tlbGen, 4)
    .set(made.layout.cpus[0].tlbstate.isLazy, changes.lazy === true ? 1 : 0);
  made.run((cpu) => flushTlbFunc(cpu, 1));
  return made.ops.filter((op) => /write_cr3|invlpg|cpumask/.test(op));
}

function* yes(cpu: KernelCpu): Protocol<boolean> {
  yield* cpu.barrier();
  return true;
}
function* no(cpu: KernelCpu): Protocol<boolean> {
  yield* cpu.barrier();
  return false;
}

function* nothing(cpu: KernelCpu): Protocol<void> {
  yield* cpu.barrier();
}

describe('a seam of flush_tlb_func', () => {
  const FULL = ['write_cr3 pcid 2 flush'];

  it.each<[keyof KernelFunctions, number, Parameters<typeof flushed>[2], string[], string[]]>([
    ['isPartialFlush', 4, {}, ['invlpg 0'], FULL],
    ['isRequestDone', 4, {}, ['invlpg 0'], []],
    ['isSlotUpToDate', 4, {}, ['invlpg 0'], []],
  ])('%s', (name, gen, changes, kernels, replaced) => {
    expect(flushed({}, gen, changes)).toEqual(kernels);
    expect(flushed({ [name]: name === 'isPartialFlush' ? no : yes }, gen, changes)).toEqual(replaced);
  });

  it('isPartialFlush, the other way: a range where generations were skipped', () => {
    expect(flushed({}, 5, {})).toEqual(FULL);
    expect(flushed({ isPartialFlush: yes }, 5, {})).toEqual(['invlpg 0']);
  });

  it('flushOfOtherMm and flushWhileLazy', () => {
    expect(flushed({}, 4, { mm: MM_B })).toEqual([`atomic_fetch_and mm_cpumask(B) ${~1}`]);
    expect(flushed({ flushOfOtherMm: no }, 4, { mm: MM_B })).toEqual(['invlpg 0']);
    expect(flushed({}, 4, { lazy: true }).at(-1)).toMatch(/^write_cr3/);
    expect(flushed({ flushWhileLazy: no }, 4, { lazy: true })).toEqual(['invlpg 0']);
  });
});

describe('a seam of switch_mm_irqs_off', () => {
  const switchTo = (mm: number, replace: Partial<KernelFunctions>, isLazy = 0, tlbGen = 3): string[] => {
    const made = bench(replace);
    made.set(made.layout.cpus[0].tlbstate.isLazy, isLazy).set(made.layout.mms[MM_A].tlbGen, tlbGen);
    made.run((cpu) => switchMmIrqsOff(cpu, mm));
    return made.ops;
  };

  it('publishSwitching: nobody is told', () => {
    const told = `WRITE_ONCE cpu0.loaded_mm = ${LOADED_MM_SWITCHING}`;
    expect(switchTo(MM_B, {})).toContain(told);
    expect(switchTo(MM_B, { publishSwitching: nothing })).not.toContain(told);
  });

  it('clearIsLazy and publishLoadedMm', () => {
    expect(switchTo(INIT_MM, {}, 1)).toContain('WRITE_ONCE cpu0.is_lazy = 0');
    expect(switchTo(INIT_MM, { clearIsLazy: nothing }, 1)).not.toContain('WRITE_ONCE cpu0.is_lazy = 0');
    expect(switchTo(INIT_MM, { publishLoadedMm: nothing })).not.toContain(
      `WRITE_ONCE cpu0.loaded_mm = ${INIT_MM}`,
    );
  });
});
