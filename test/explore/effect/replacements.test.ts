import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../../src/bundle/modules.js';
import { hunt } from '../../../src/explore/hunt.js';
import { InlinePool } from '../../../src/explore/inline-pool.js';
import { LOADED_MM_SWITCHING, MM_NULL } from '../../../src/kernel/constants.js';
import type { KernelCpu } from '../../../src/kernel/kernel-cpu.js';
import { shouldFlushTlb } from '../../../src/kernel/should-flush-tlb.js';
import { storeSlot } from '../../../src/kernel/slots.js';
import type { Protocol } from '../../../src/machine/protocol.js';
import { catalogue } from '../../../src/scenarios/catalogue/index.js';
import { defineVariant, type VariantSpec } from '../../../src/variants/define.js';
import type { Variant } from '../../../src/variants/index.js';

/** Replaced functions beside the base's: what counts as another answer or act, and what does not. */

const SCENARIOS = ['ping-pong-munmap', 'lazy-freed-tables', 'lazy-return'];
const plan = {
  strategies: ['random', 'delay'],
  seed: 1,
  memory: 'tso' as const,
  jobs: 1,
  executions: 60,
  pastViolations: true,
};

const knowing = (...variants: Variant[]): InlinePool =>
  new InlinePool(undefined, { ...NO_MODULES, variants });

async function verdictOf(spec: Omit<VariantSpec, 'name'>, names = SCENARIOS) {
  const variant = defineVariant({ base: '6.18', ...spec, name: 'mine' });
  const scenarios = catalogue.filter(({ name }) => names.includes(name));
  const { verdict } = await hunt({ ...plan, variant: 'mine', scenarios, pool: knowing(variant) });
  return { ...verdict, variantHunted: variant, effect: verdict.effect! };
}

/**
 * 6.18's should_flush_tlb, written again without its switches; `first` and `then` are the two words that it
 * looks at.
 */
function retyped(first: 'loadedMm' | 'isLazy', answer = (value: boolean): boolean => value) {
  return function* (cpu: KernelCpu, target: number): Protocol<boolean> {
    const state = cpu.per[target].tlbstate;
    const early = yield* cpu.readOnce(state[first]);
    const late = yield* cpu.readOnce(first === 'isLazy' ? state.loadedMm : state.isLazy);
    const [loadedMm, isLazy] = first === 'isLazy' ? [late, early] : [early, late];
    if (isLazy !== 0) return answer(false);
    const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
    if (mm === MM_NULL || loadedMm === LOADED_MM_SWITCHING || loadedMm === mm) return answer(true);
    return answer((yield* cpu.readOnce(cpu.own.flushInfo.trimCpumask)) !== 0);
  };
}

describe('a replacement that changes nothing', () => {
  it.each<[string, VariantSpec['replace']]>([
    ['the very function', { shouldFlushTlb }],
    ['the same text', { shouldFlushTlb: retyped('loadedMm') }],
    [
      'one more read',
      {
        *shouldFlushTlb(cpu, target) {
          yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
          return yield* shouldFlushTlb(cpu, target);
        },
      },
    ],
    [
      'an acquiring load and a releasing store',
      {
        *storeSlot(cpu, asid, ctxId, tlbGen) {
          yield* cpu.storeRelease(cpu.own.tlbstate.ctxs[asid].ctxId, ctxId);
          yield* cpu.storeRelease(cpu.own.tlbstate.ctxs[asid].tlbGen, tlbGen);
        },
      },
    ],
    [
      'a branch that is never taken',
      {
        *shouldFlushTlb(cpu, target) {
          const freed = yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
          if (freed !== 0) return (yield* cpu.readOnce(cpu.per[target].tlbstate.isLazy)) === 0;
          return yield* shouldFlushTlb(cpu, target);
        },
      },
    ],
  ])('%s', async (_, replace) => {
    const { effect } = await verdictOf({ replace });
    expect(effect).toMatchObject({ base: '6.18', changedNothing: true, otherwise: 0, first: null });
    expect(effect.parts[0].calls).toBeGreaterThan(100);
    expect(effect.parts[0]).toMatchObject({ answered: 0, acted: 0, reordered: 0 });
  });

  it('is one that never runs', async () => {
    const { effect } = await verdictOf({ replace: { *hypercallTarget() {} } });
    expect(effect).toMatchObject({
      changedNothing: true,
      parts: [{ name: 'hypercallTarget', calls: 0, scenarios: [] }],
    });
  });

  it('is a variant without any', async () => {
    expect((await verdictOf({})).effect).toMatchObject({ changedNothing: true, parts: [] });
  });

  it('is a change beside a base that never comes there', async () => {
    // 6.12 has no filter, so that its should_flush_tlb never reads these words; it is asked there as well.
    const { effect } = await verdictOf({
      base: '6.12',
      features: { filterSwitching: true },
      replace: { shouldFlushTlb },
    });
    expect(effect.changedNothing).toBe(true);
  });
});

describe('a replacement that changes something', () => {
  it.each<[string, VariantSpec['replace'], 'answered' | 'acted' | 'reordered']>([
    ['another answer', { shouldFlushTlb: retyped('loadedMm', () => true) }, 'answered'],
    ['words in another order', { shouldFlushTlb: retyped('isLazy') }, 'reordered'],
    [
      'one more barrier',
      {
        *storeSlot(cpu, asid, ctxId, tlbGen) {
          yield* storeSlot(cpu, asid, ctxId, tlbGen);
          yield* cpu.smpMb();
        },
      },
      'acted',
    ],
    [
      'stores in another order',
      {
        *storeSlot(cpu, asid, ctxId, tlbGen) {
          yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].tlbGen, tlbGen);
          yield* cpu.writeOnce(cpu.own.tlbstate.ctxs[asid].ctxId, ctxId);
        },
      },
      'acted',
    ],
    ['nothing done', { *storeSlotTlbGen() {} }, 'acted'],
    [
      'a mark without a boundary',
      {
        *storeSlotTlbGen(cpu, asid, tlbGen) {
          yield* cpu.poke(cpu.own.tlbstate.ctxs[asid].tlbGen, tlbGen);
        },
      },
      'acted',
    ],
  ])('%s', async (_, replace, kind) => {
    const { effect } = await verdictOf({ replace });
    expect(effect.changedNothing).toBe(false);
    expect(effect.first).not.toBeNull();
    expect(effect.parts[0][kind]).toBeGreaterThan(0);
    for (const other of (['answered', 'acted', 'reordered'] as const).filter((name) => name !== kind))
      expect(effect.parts[0][other], other).toBe(0);
  });

  it('is told from one beside it that does not, and where it ran', async () => {
    const { effect } = await verdictOf({ replace: { shouldFlushTlb, leaveLazyTlb: function* leave() {} } });
    const [same, other] = effect.parts;
    expect(same).toMatchObject({ name: 'shouldFlushTlb', otherwise: 0 });
    expect(other).toMatchObject({ name: 'leaveLazyTlb', first: { execution: expect.any(Number) } });
    expect(other.scenarios.map(({ scenario }) => scenario)).not.toContain('ping-pong-munmap');
  });

  it('is compared with an own base, and through switched features with what that was made from', async () => {
    const base = defineVariant({
      name: 'base',
      base: '6.18',
      replace: { shouldFlushTlb: retyped('loadedMm', () => true) },
    });
    const above = defineVariant({
      name: 'above',
      base,
      replace: { shouldFlushTlb: retyped('isLazy', () => true) },
    });
    const pool = knowing(base, above);
    const scenarios = catalogue.filter(({ name }) => SCENARIOS.includes(name));
    const { verdict } = await hunt({ ...plan, variant: 'above', scenarios, pool });
    expect(verdict.effect).toMatchObject({ base: 'base', parts: [{ name: 'shouldFlushTlb', answered: 0 }] });
    const switched = await hunt({ ...plan, variant: 'base~skipLazy', scenarios, pool });
    expect(switched.verdict.effect).toMatchObject({
      base: '6.18',
      parts: [{ name: 'shouldFlushTlb' }, { name: 'skipLazy' }],
    });
  });

  it('on another host is not compared, only counted', async () => {
    const { effect } = await verdictOf({ backend: 'kvm', replace: { shouldFlushTlb } });
    expect(effect).toMatchObject({ changedNothing: false, notCompared: 'kvm has another host than native' });
    expect(effect.parts[0].calls).toBeGreaterThan(0);
  });

  it("of a kernel's own text is only counted, and runs as it does beside its base", async () => {
    const replace = { shouldFlushTlb: retyped('isLazy', () => true) };
    const compared = await verdictOf({ replace });
    const text = await verdictOf({ replace, isKernelText: true });
    expect(text.traceHash).toBe(compared.traceHash);
    expect(text.effect).toMatchObject({ changedNothing: false, otherwise: 0 });
    expect(text.effect.notCompared).toContain('source compare');
    const [part] = text.effect.parts;
    expect(part.calls).toBe(compared.effect.parts[0].calls);
    expect(part.executions).toBe(compared.effect.parts[0].executions);
  });
});

describe('asking the base', () => {
  it('leaves every step as it is', async () => {
    const replace = { shouldFlushTlb: retyped('isLazy'), storeSlot: function* () {} as typeof storeSlot };
    const watched = await verdictOf({ replace });
    const { made: _, ...alone } = watched.variantHunted;
    const scenarios = catalogue.filter(({ name }) => SCENARIOS.includes(name));
    const { verdict } = await hunt({ ...plan, variant: 'mine', scenarios, pool: knowing(alone) });
    expect(verdict).not.toHaveProperty('effect');
    expect(watched.traceHash).toBe(verdict.traceHash);
    expect(watched.counters).toEqual(verdict.counters);
  });
});
