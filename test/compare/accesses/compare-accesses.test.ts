import { expect, it } from 'vitest';
import { isAllExplained } from '../../../src/compare/accesses/accesses-text.js';
import { compareAccesses } from '../../../src/compare/accesses/compare-accesses.js';
import { whyExplained } from '../../../src/compare/accesses/explained.js';
import { kernelSites } from '../../../src/explain/call-sites.js';
import { type KernelFunctions, kernelFunctions } from '../../../src/kernel/functions.js';
import { catalogue } from '../../../src/scenarios/catalogue/index.js';
import { defineVariant } from '../../../src/variants/define.js';
import { findVariant } from '../../../src/variants/index.js';

/** A variant's functions against the kernel's own, on states that executions of the variant bring about. */
function compared(replace: Partial<KernelFunctions>, onExecution?: (done: number, of: number) => void) {
  const base = findVariant('6.12.117', []);
  if (base === undefined) throw new Error('there is no such profile');
  return compareAccesses({
    variant: defineVariant({ name: 'own', base: '6.12.117', summary: 'of a test', replace }),
    base,
    scenarios: catalogue.filter(({ name }) => ['ping-pong-munmap', 'lazy-return'].includes(name)),
    seed: 1,
    executions: 10,
    site: kernelSites(null),
    onExecution,
  });
}

it('finds the kernel the same as itself', () => {
  const { shouldFlushTlb, switchMmIrqsOff, flushTlbFunc, flushTlbMmRange } = kernelFunctions;
  const { functions, privateWords } = compared({
    *shouldFlushTlb(cpu, target) {
      return yield* shouldFlushTlb(cpu, target);
    },
    *switchMmIrqsOff(cpu, next) {
      yield* switchMmIrqsOff(cpu, next);
    },
    *flushTlbFunc(cpu, initiator) {
      yield* flushTlbFunc(cpu, initiator);
    },
    *flushTlbMmRange(cpu, ...rest) {
      yield* flushTlbMmRange(cpu, ...rest);
    },
  });
  expect(functions.map(({ name }) => name)).toEqual([
    'should_flush_tlb',
    'switch_mm_irqs_off',
    'flush_tlb_func',
    'flush_tlb_mm_range',
  ]);
  for (const { calls, same, answered, differences, stopped } of functions) {
    expect(calls).toBeGreaterThan(3);
    expect({ same, answered, differences, stopped }).toEqual({
      ...{ same: calls, answered: 0, differences: [], stopped: [] },
    });
  }
  expect(privateWords).toContain('pgd');
});

it('tells how many of all executions are done', () => {
  const told: (readonly [number, number])[] = [];
  compared({ shouldFlushTlb: kernelFunctions.shouldFlushTlb }, (...of) => told.push(of));
  expect(told).toEqual(Array.from({ length: 20 }, (_, done) => [done + 1, 20]));
});

it('finds an access that has moved, one that is missing, and another answer', () => {
  const { functions } = compared({
    *shouldFlushTlb(cpu, target) {
      const state = cpu.per[target].tlbstate;
      const isLazy = yield* cpu.readOnce(state.isLazy);
      const loadedMm = yield* cpu.readOnce(state.loadedMm);
      return isLazy === 0 && loadedMm === 0;
    },
    *leaveLazyTlb(cpu, mm) {
      const nextTlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
      yield* cpu.fn.loadNewMmCr3(cpu, mm, 0, true, nextTlbGen);
    },
  });
  const [asked] = functions;
  expect(asked.answered).toBeGreaterThan(0);
  expect(asked.differences).toContainEqual(
    expect.objectContaining({
      ...{ kind: 'moved', name: 'READ_ONCE is_lazy of another CPU', isLater: false },
      past: ['READ_ONCE loaded_mm of another CPU'],
      left: [expect.stringMatching(/compare-accesses\.test\.ts:\d+$/)],
    }),
  );
  expect(asked.differences).toContainEqual(
    expect.objectContaining({
      ...{ kind: 'right', name: 'smp_rmb' },
      right: [expect.stringMatching(/^src\/kernel\/should-flush-tlb\.ts:\d+$/)],
    }),
  );
  expect(whyExplained([], asked, { kind: 'right', name: 'smp_rmb', past: [] })).toBeNull();
  const stored = { ...asked, name: 'flush_tlb_mm_range', differences: [] };
  expect(whyExplained([], stored, { kind: 'right', name: 'WRITE_ONCE flush_info.end', past: [] })).toBeNull();
  const initiator = { kind: 'right', name: 'WRITE_ONCE flush_info.initiating_cpu', past: [] } as const;
  expect(whyExplained([], stored, initiator)).toMatch(/no such field/);
  expect(whyExplained(['flush_info.initiating_cpu'], stored, initiator)).toBeNull();
  expect(isAllExplained({ functions, privateWords: [], leftWords: [] })).toBe(false);
});
