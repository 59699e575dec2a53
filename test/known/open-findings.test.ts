import { describe, expect, it, vi } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import type { HuntRequest } from '../../src/explore/api.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { cpumaskClearCpu } from '../../src/kernel/cpumask.js';
import { features as allFeatures } from '../../src/kernel/features/index.js';
import { kernelFunctions } from '../../src/kernel/functions.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import { enterLazyTlb } from '../../src/kernel/lazy.js';
import { findProfile } from '../../src/kernel/profiles.js';
import { knownOf, openFindingsOf } from '../../src/known/of-variant.js';
import { openFindings } from '../../src/known/open-findings.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { causeOf } from '../../src/replay/cause-of.js';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';
import { defineVariant } from '../../src/variants/define.js';
import { findVariant } from '../../src/variants/index.js';
import type { Variant } from '../../src/variants/variant.js';

/** What is known of a kernel is gone past, and nothing else is. */

const named = (variant: Variant | undefined): string[] => openFindingsOf(variant!).map(({ name }) => name);
const scenariosOf = (...names: string[]) => everyScenario.filter(({ name }) => names.includes(name));

const plan: Omit<HuntRequest, 'variant' | 'scenarios'> = {
  strategies: ['random', 'pct', 'delay'],
  seed: 1,
  memory: 'tso',
  jobs: 1,
};

async function huntPast(
  variant: string,
  scenarios: string[],
  executions: number,
  own: readonly Variant[] = [],
  seed = plan.seed,
) {
  const chosen = scenariosOf(...scenarios);
  const known = knownOf(variant, chosen, own);
  const modules = { ...NO_MODULES, variants: own };
  const pool = new InlinePool((request, witness) => causeOf(request, witness, modules), modules);
  return (await hunt({ ...plan, seed, variant, scenarios: chosen, executions, known, pool })).verdict;
}

describe('open findings', () => {
  it("are those of a kernel's own text too, whose functions stand for the lab's", () => {
    const replace = { switchMmIrqsOff: kernelFunctions.switchMmIrqsOff };
    const made = (name: string, isKernelText: boolean) =>
      defineVariant({ name, base: '6.12.117', replace, isKernelText });
    expect(named(made('of-c', true))).toContain('left-mask-before-cr3');
    expect(named(made('of-mine', false))).not.toContain('left-mask-before-cr3');
  });

  it('are of profiles, features, functions and scenarios that there are', () => {
    expect(new Set(openFindings.map(({ name }) => name)).size).toBe(openFindings.length);
    for (const finding of openFindings) {
      for (const profile of finding.profiles) {
        const has = findProfile(profile)!.features;
        for (const name of Object.keys(finding.features) as (keyof typeof has)[])
          expect(has[name], `${finding.name} ${name}`).toBe(finding.features[name]);
      }
      for (const name of finding.closedBy) {
        expect(allFeatures.some((known) => known.name === name)).toBe(true);
        expect(finding.features[name], `${finding.name} is closed by ${name}`).toBe(false);
      }
      for (const name of finding.functions) expect(name in kernelFunctions, name).toBe(true);
      // An assertion says itself what is wrong.
      if (finding.class !== 'assertion')
        expect(finding.causes.some(({ kind }) => kind !== 'outcome')).toBe(true);
      expect(scenariosOf(...finding.scenarios)).toHaveLength(finding.scenarios.length);
    }
  });

  it('are named for every profile that is not right', () => {
    expect(named(findVariant('5.10'))).toEqual(['left-mask-before-cr3', 'b38']);
    expect(named(findVariant('5.15'))).toEqual(['left-mask-before-cr3', 'b38']);
    for (const name of ['6.6', '6.12', '6.12.117', '6.1.192'])
      expect(named(findVariant(name))).toEqual(['left-mask-before-cr3']);
    expect(named(findVariant('6.12-stable'))).toEqual(['left-mask-before-cr3', 'b2']);
    expect(named(findVariant('6.12.28'))).toEqual(['left-mask-before-cr3', 'b3', 'b2']);
    expect(named(findVariant('6.14'))).toEqual(['b3', 'b2']);
    expect(named(findVariant('6.15-rc5'))).toEqual(['b3', 'b1']);
    for (const name of ['6.15-rc6', '6.16.3']) expect(named(findVariant(name))).toEqual(['b1']);
    for (const name of ['6.17.5', '6.18', '6.18.15']) expect(named(findVariant(name))).toEqual([]);
  });

  it('are those of the backend', () => {
    for (const name of ['invlpgb', '7.1/invlpgb/v0', 'invlpgb/v4'])
      expect(named(findVariant(name)), name).toEqual(['idle-not-lazy']);
    for (const name of ['invlpgb+lazyBeforeGlobalAsid', 'rar', 'b22d'])
      expect(named(findVariant(name)), name).toEqual([]);
  });

  it('are closed by the features that close them, and stay with what is made of the profile', () => {
    expect(named(findVariant('6.12+rcuTableFree'))).toEqual([]);
    expect(named(findVariant('6.12/kvm/v0'))).toEqual([]);
    expect(named(findVariant('6.12~skipLazy'))).toEqual(['left-mask-before-cr3']);
    expect(named(defineVariant({ name: 'mine', base: '6.12' }))).toEqual(['left-mask-before-cr3']);
    expect(named(defineVariant({ name: 'mine', base: '6.12', features: { rcuTableFree: true } }))).toEqual(
      [],
    );
    // Whoever asks for the bug, or takes the fix away, wants to hear of it.
    for (const name of ['b38', 'b1', 'cve-2025-40174', '6.18~filterSwitching'])
      expect(named(findVariant(name))).not.toContain(name);
    expect(named(findVariant('b1'))).toEqual([]);
    expect(named(findVariant('6.12~batchedPendingCounters'))).toEqual(['left-mask-before-cr3']);
    expect(named(defineVariant({ name: 'mine', base: 'b38' }))).toEqual(['left-mask-before-cr3']);
  });

  it('are not looked for in functions that a variant has replaced', () => {
    const replace = { switchMmIrqsOff: kernelFunctions.switchMmIrqsOff };
    expect(named(defineVariant({ name: 'mine', base: '6.12', replace }))).toEqual([]);
  });
});

// Some hundred executions and a replay of each violation: seconds, on a machine that does nothing else.
vi.setConfig({ testTimeout: 240_000 });

describe('a hunt', () => {
  it('of 6.12 goes past freed tables under a CPU that switches, and says so', async () => {
    const verdict = await huntPast('6.12', ['exit-while-lazy'], 300);
    expect(verdict).toMatchObject({ violation: null, executions: 300, known: 'left-mask-before-cr3' });
    expect(verdict.met).toMatchObject([
      {
        class: 'freed-table-walk',
        scenario: 'exit-while-lazy',
        isKnown: true,
        finding: 'left-mask-before-cr3',
        cause: 'no IPI',
      },
    ]);
    // 24 of 3,000 executions show it.
    expect(verdict.met![0].executions).toBeGreaterThan(0);
  });

  it('without the RCU grace period is what it closes with', async () => {
    const verdict = await huntPast('6.12+rcuTableFree', ['exit-while-lazy'], 300);
    expect(verdict).toMatchObject({ violation: null, known: null });
    expect(verdict.met).toBe(undefined);
  });

  it.each([
    ['5.10', 'b38', ['reclaim-two-tables'], 1_500],
    ['6.15-rc6', 'b1', ['lazy-other-mm'], 1_000],
    ['6.12-stable', 'b2', ['ping-pong-munmap'], 400],
    ['6.15-rc5', 'b3', ['ping-pong-munmap'], 200],
    ['invlpgb', 'idle-not-lazy', ['global-idle'], 60],
  ])('of %s goes past %s', async (variant, name, scenarios, executions) => {
    const verdict = await huntPast(variant, scenarios, executions);
    expect(verdict).toMatchObject({ violation: null, known: name, executions });
  });

  // Execution 1,115: a CPU decides by an older request meanwhile. 3,339: the mark is cleared in memory by a
  // store that was made before the change.
  it('of 5.10 knows b38 by what memory shows of the mark', async () => {
    const verdict = await huntPast('5.10', ['reclaim-two-tables'], 3_400, [], 2);
    expect(verdict).toMatchObject({ violation: null, known: 'b38', executions: 3_400 });
  });

  it('of the bug by its name ends with a witness', async () => {
    const verdict = await huntPast('b2', ['ping-pong-munmap'], 400);
    expect(verdict).toMatchObject({ violation: 'stale-use', known: null });
  });

  /**
   * Another bug of the same class, scenario and cause: a CPU that goes lazy leaves the mask and keeps the
   * page table (B5).
   */
  function* leavesMaskLazily(cpu: KernelCpu): Protocol<void> {
    const mm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
    yield* enterLazyTlb(cpu);
    if (mm !== 2) yield* cpumaskClearCpu(cpu, cpu.id, cpu.mms[mm].cpumask);
  }

  it('takes no bug of a user for what is known of the base', async () => {
    const mine = defineVariant({
      name: 'lazy-without-bit',
      base: '6.12',
      replace: { enterLazyTlb: leavesMaskLazily },
    });
    const verdict = await huntPast(mine.name, ['exit-while-lazy'], 600, [mine]);
    expect(verdict).toMatchObject({ violation: 'freed-table-walk', known: null });
    const isNew = verdict.met!.filter(({ isKnown }) => !isKnown);
    expect(isNew).toMatchObject([{ cause: 'no IPI' }]);
    expect(isNew[0].circumstance).toBe(undefined);
  });
});
