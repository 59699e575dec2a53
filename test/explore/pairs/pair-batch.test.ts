import { describe, expect, it } from 'vitest';
import { measureLength, runBatch } from '../../../src/explore/batch.js';
import { type PairResult, runPairs } from '../../../src/explore/pairs/pair-batch.js';
import {
  defineVariant,
  type KernelCpu,
  nativeFlushTlbMulti,
  type Protocol,
  shouldFlushTlb,
} from '../../../src/index.js';
import { COUNTERS, type CounterName } from '../../../src/oracles/counters.js';
import { catalogue } from '../../../src/scenarios/catalogue/index.js';

/** Pairs of executions: what decides the same counts the same, and what does not is seen. */

function* oneReadMore(cpu: KernelCpu, target: number): Protocol<boolean> {
  yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  return yield* shouldFlushTlb(cpu, target);
}

function* askedTwice(cpu: KernelCpu, target: number): Protocol<boolean> {
  yield* cpu.smpMb();
  const answer = yield* shouldFlushTlb(cpu, target);
  yield* cpu.readOnce(cpu.per[target].tlbstate.loadedMm);
  return answer;
}

function* lockedNothing(cpu: KernelCpu, mask: number): Protocol<void> {
  yield* cpu.fetchOr(mask, 0);
  yield* nativeFlushTlbMulti(cpu, mask);
}

/** Sends an IPI to everybody of the mask. */
function* everybody(): Protocol<boolean> {
  return true;
}

const variants = [
  defineVariant({ name: 'read-more', base: '6.18', replace: { shouldFlushTlb: oneReadMore } }),
  defineVariant({ name: 'barrier-more', base: '6.18', replace: { shouldFlushTlb: askedTwice } }),
  defineVariant({ name: 'locked-more', base: '6.18', replace: { flushTlbMulti: lockedNothing } }),
  defineVariant({
    name: 'same-again',
    base: '6.18',
    replace: { shouldFlushTlb, flushTlbMulti: nativeFlushTlbMulti },
  }),
  defineVariant({ name: 'no-filter', base: '6.18', replace: { shouldFlushTlb: everybody } }),
];

const own = { variants, programs: [] };

const STRATEGIES = ['random', 'pct', 'delay'];
const scenarios = catalogue.filter(({ name }) =>
  ['lazy-targets', 'two-flushers', 'slots-recycled'].includes(name),
);
const EXECUTIONS = 12;

function pairs(base: string, patch: string, seed = 1): PairResult[] {
  return scenarios.map((scenario) => {
    const batch = {
      variant: base,
      scenario,
      memory: 'tso',
      strategies: STRATEGIES,
      seed,
      first: 0,
      count: EXECUTIONS,
    } as const;
    const patchLength = measureLength({ ...batch, variant: patch }, own);
    return runPairs({ ...batch, base, patch, length: measureLength(batch), patchLength }, own);
  });
}

function total(
  results: readonly PairResult[],
  name: CounterName,
  side: 0 | 1,
  of: 'counts' | 'apart' = 'counts',
): number {
  let sum = 0;
  for (const { [of]: counts, pairs } of results)
    for (let i = 0; i < pairs; i++) sum += counts[(2 * i + side) * COUNTERS.length + COUNTERS.indexOf(name)];
  return sum;
}

/** Counters of what others can see of a decision. */
const DECISIONS: readonly CounterName[] = [
  ...([
    'shootdowns',
    'ipisServed',
    'targetsFiltered',
    'fullFlushes',
    'partialFlushes',
    'switchFlushes',
  ] as const),
  ...(['noFlushSwitches', 'lazyReentries', 'lazyDisturbed', 'needlessSwitchFlushes', 'operations'] as const),
];

describe('pairs', () => {
  it.each(['read-more', 'barrier-more', 'locked-more'])(
    '%s decides as its base does, and counts the same in every pair',
    (patch) => {
      for (const seed of [1, 2]) {
        const results = pairs('6.18', patch, seed);
        expect(total(results, 'lockedOperations', 1) > total(results, 'lockedOperations', 0)).toBe(
          patch === 'locked-more',
        );
        for (const name of DECISIONS) expect(total(results, name, 1), name).toBe(total(results, name, 0));
        expect(total(results, 'ipisServed', 0)).toBeGreaterThan(50);
      }
    },
  );

  // With a host there are posted requests and entries, which no CPU's operation of the base tells of.
  it.each(['native/v0', 'kvm/v0', 'hypercall/v0'])('%s beside itself makes the same steps', (variant) => {
    const otherwise = pairs(variant, variant).reduce((sum, result) => sum + result.otherwise, 0);
    expect(otherwise).toBe(0);
  });

  it('shows what decides otherwise', () => {
    const results = pairs('6.18', 'no-filter');
    expect(total(results, 'targetsFiltered', 0)).toBeGreaterThan(total(results, 'targetsFiltered', 1));
    expect(total(results, 'ipisServed', 1)).toBeGreaterThan(total(results, 'ipisServed', 0));
  });

  it('counts of the base what a hunt counts of it', () => {
    const results = pairs('6.18', '6.18');
    const hunted = scenarios.map((scenario) => {
      const batch = {
        variant: '6.18',
        scenario,
        memory: 'tso',
        strategies: STRATEGIES,
        seed: 1,
        first: 0,
        count: EXECUTIONS,
      } as const;
      return runBatch({ ...batch, length: measureLength(batch) });
    });
    for (const [index, name] of COUNTERS.entries()) {
      const sum = hunted.reduce((all, { counters }) => all + counters[index], 0);
      expect(total(results, name, 0), name).toBe(sum);
      expect(total(results, name, 1), name).toBe(sum);
    }
  });

  it('counts apart what hunts count of both', () => {
    const results = pairs('kvm/v0', 'kvm/v7');
    for (const [side, variant] of (['kvm/v0', 'kvm/v7'] as const).entries()) {
      const hunted = scenarios.map((scenario) => {
        const batch = {
          variant,
          scenario,
          memory: 'tso',
          strategies: STRATEGIES,
          seed: 1,
          first: 0,
          count: EXECUTIONS,
        } as const;
        return runBatch({ ...batch, length: measureLength(batch) });
      });
      for (const [index, name] of COUNTERS.entries()) {
        const sum = hunted.reduce((all, { counters }) => all + counters[index], 0);
        expect(total(results, name, side as 0 | 1, 'apart'), `${variant} ${name}`).toBe(sum);
      }
    }
  });

  it('says in how many pairs anything was executed otherwise: none for the base under another name', () => {
    const otherwise = (patch: string): number =>
      pairs('6.18', patch).reduce((sum, result) => sum + result.otherwise, 0);
    expect([otherwise('6.18'), otherwise('same-again')]).toEqual([0, 0]);
    for (const patch of ['read-more', 'no-filter'])
      expect(otherwise(patch), patch).toBeGreaterThan(EXECUTIONS);
  });

  it('is the same each time', () => {
    expect(pairs('kvm/v0', 'kvm/v14')).toEqual(pairs('kvm/v0', 'kvm/v14'));
  });

  it('counts both up to where one goes wrong', () => {
    const results = pairs('kvm/v0', 'kvm/v13');
    expect(results.reduce((sum, { cut }) => sum + cut, 0)).toBeGreaterThan(0);
    const [base, patch] = [total(results, 'operations', 0), total(results, 'operations', 1)];
    expect(Math.abs(base - patch)).toBeLessThanOrEqual(0.05 * base);
  });
});
