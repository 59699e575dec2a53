import { describe, expect, it } from 'vitest';
import { backends } from '../../src/backends/index.js';
import { runBatch } from '../../src/explore/batch.js';
import { COUNTERS as COUNTER_NAMES } from '../../src/oracles/counters.js';
import { otherAnswers, rules } from '../../src/rules/index.js';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';
import { findVariant, senselessVariants } from '../../src/variants/index.js';
import { isAtLength } from '../at-length.js';

/**
 * A27.4 and A27.5: what runs say of the rules, on the scenarios of the catalogue; nothing is looked up in a
 * table.
 */

/** Of each rule that holds in each scenario; twice as many at length. */
const FEW = isAtLength ? 60 : 30;

function hunt(variant: string, scenario: string, executions: number, seed = 1) {
  const found = everyScenario.find(({ name }) => name === scenario);
  if (found === undefined) throw new Error(`no scenario ${scenario}`);
  return runBatch({
    variant,
    scenario: found,
    memory: 'tso',
    strategies: ['random', 'pct', 'delay'],
    seed,
    first: 0,
    count: executions,
  });
}

describe('the rules', () => {
  it('make a variant with each backend, or a reason why not', () => {
    const senseless = new Map(senselessVariants().map(({ name, reason }) => [name, reason]));
    for (const backend of backends) {
      for (const rule of [...rules, ...otherAnswers]) {
        const name = `${backend.name}/${rule.name}`;
        const reason = senseless.get(name);
        expect(findVariant(name) === undefined, name).toBe(reason !== undefined);
        if (reason !== undefined) expect(reason).not.toBe('');
      }
    }
    expect(findVariant('ipi/v4')?.name).toBe('native/v4');
    expect(findVariant('kvm')?.name).toBe('kvm/v0');
    expect(findVariant('6.12/kvm/v4')?.profile).toBe('6.12');
    expect(findVariant('5.11/kvm/v4')).toBe(undefined);
    expect(findVariant('kvm/v4~hostAtomicClear')?.features.hostAtomicClear).toBe(false);
  });
});

describe('unsafe rules are caught', () => {
  it.each([
    ['kvm/v1', 'slots-recycled', 'stale-use'],
    ['native/v1', 'slots-recycled', 'stale-use'],
    ['hypercall/v1', 'slots-recycled', 'stale-use'],
    ['hyperv/v1', 'slots-recycled', 'stale-use'],
    ['kvm/v2', 'slots-recycled', 'stale-use'],
    ['kvm/v3', 'recycled-then-flushed', 'stale-use'],
    ['kvm/v5', 'full-against-partial', 'stale-use'],
    ['native/v6', 'full-and-partial', 'stale-use'],
    ['hypercall/v8', 'lazy-two-flushers', 'stale-use'],
    ['kvm/v9', 'lazy-two-flushers', 'stale-use'],
    ['kvm/v10', 'one-slot-equal-generations', 'stale-use'],
    ['kvm/v11', 'recycled-then-flushed', 'stale-use'],
    ['native/v13', 'slots-recycled', 'deadlock'],
    ['kvm/v13', 'slots-recycled', 'deadlock'],
    ['hypercall/v15', 'full-against-partial', 'stale-use'],
    ['kvm/v17-tag2', 'five-mms-two-slots', 'stale-use'],
    ['native/v18a-plain', 'slots-recycled', 'stale-use'],
    // loaded_mm_asid is a global ASID: behind the array.
    ['invlpgb/v1', 'global-together', 'assertion'],
    ['native/range-always', 'two-flushers', 'stale-use'],
  ])('%s in %s: %s', (variant, scenario, harm) => {
    expect(hunt(variant, scenario, 3000).witness?.violation.class).toBe(harm);
  });

  it('a deadlock says who waits for whom', () => {
    const message = hunt('native/v13', 'slots-recycled', 3000).witness?.violation.message;
    expect(message).toMatch(
      /CPU\d waits for csd\(\d->\d\)\.flags .*interrupts on; CPU\d waits for cpu\d\.remote_gen_lock .*interrupts off/,
    );
  });
});

describe('rules that hold are left alone', () => {
  const sound = [
    'v0',
    'v4',
    'v7',
    'v12',
    'v14',
    'v16',
    'v17',
    'v18a',
    'range-in-turn',
    'range-ring',
    'mask-never-trimmed',
  ];
  const variants = backends
    .flatMap(({ name }) => sound.map((rule) => `${name}/${rule}`))
    .filter((name) => findVariant(name) !== undefined);
  it.each(variants)('%s', (variant) => {
    for (const scenario of [
      'slots-recycled',
      'one-slot-equal-generations',
      'lazy-two-flushers',
      'preempted-targets',
    ]) {
      const { witness, latent } = hunt(variant, scenario, FEW, 5);
      expect({ scenario, witness: witness?.violation ?? null, latent }).toEqual({
        scenario,
        witness: null,
        latent: [],
      });
    }
  });

  it('v4 saves flushes at switches that v0 takes for nothing', () => {
    const needless = (variant: string): number => {
      const { counters } = hunt(variant, 'preempted-targets', 200);
      return counters[COUNTER_NAMES.indexOf('needlessSwitchFlushes')];
    };
    expect(needless('hypercall/v0')).toBeGreaterThan(20);
    expect(needless('hypercall/v4')).toBeLessThan(needless('hypercall/v0') / 2);
  });
});

describe('answers to lazy CPUs', () => {
  it.each([
    // Hyper-V's guests and Xen's have answers of their own; Xen's IPI is otherwise that of exit alone.
    'hyperv/lazy-ipi',
    'xen/lazy-ipi',
    'xen/lazy-park',
    'hypercall/lazy-ipi',
    'hypercall/lazy-off',
    'hypercall/lazy-flag',
    'hypercall/lazy-park',
    'kvm/lazy-off',
    'kvm/lazy-flag',
  ])('%s holds', (variant) => {
    for (const scenario of ['lazy-freed-tables', 'lazy-return', 'exit-while-lazy']) {
      const { witness, latent } = hunt(variant, scenario, 2 * FEW, 3);
      expect({ scenario, witness: witness?.violation ?? null, latent }).toEqual({
        scenario,
        witness: null,
        latent: [],
      });
    }
  });
});

/** The twin for three times what finds the bug; 600 at length. */
function requireOnlyIn(variant: string, scenario: string, harm: string, twin: string): void {
  const { witness } = hunt(variant, scenario, 6000);
  expect(witness?.violation.class).toBe(harm);
  const enough = isAtLength ? 600 : Math.min(600, 3 * ((witness?.execution ?? 0) + 1));
  expect(hunt(twin, scenario, enough).witness).toBe(null);
}

describe('broken hosts', () => {
  it('a flush that the host loses is made up for at the next switch by v0, never by v14', () => {
    const scenario = everyScenario.find(({ name }) => name === 'preempted-targets');
    const settled = (variant: string): number[] => {
      const { counters } = runBatch({
        variant,
        scenario: { ...scenario!, preemptions: 24 },
        memory: 'tso',
        strategies: ['random', 'pct', 'delay'],
        seed: 1,
        first: 0,
        count: 200,
        pastViolations: true,
      });
      return ['lostFlushesHealed', 'lostFlushesKept'].map(
        (name) => counters[COUNTER_NAMES.indexOf(name as 'lostFlushesKept')],
      );
    };
    const [healed, kept] = settled('kvm/v0~hostAtomicClear');
    expect(healed).toBeGreaterThan(0);
    expect(kept).toBe(0);
    expect(settled('kvm/v14~hostAtomicClear')[1]).toBeGreaterThan(0);
    expect(settled('kvm/v14')).toEqual([0, 0]);
  });

  it.each([
    ['b27', 'preempted-targets'],
    ['b28', 'preempted-targets'],
    ['b29', 'lazy-return'],
    ['b30', 'preempted-targets'],
    ['b31', 'lazy-return'],
    ['kvm/v4~hostRemembersMark', 'preempted-targets'],
    ['b33', 'hyperv-unknown-processor'],
  ])('%s is caught in %s, its twin is not', (variant, scenario) => {
    const twin = variant.startsWith('b') ? `${variant}-fixed` : variant.replace(/~.*/, '');
    requireOnlyIn(variant, scenario, 'stale-use', twin);
  });

  it('b23 lets a translation outlive its mm, its twin does not', () => {
    requireOnlyIn('b23', 'ping-pong-dontneed', 'cross-mm', 'b23-fixed');
  });

  it.each([
    ['b32', 'hyperv-mask-empties'],
    ['b34', 'hyperv-list-at-the-end'],
  ])("%s is a guest's own mistake in %s, its twin makes none", (variant, scenario) => {
    requireOnlyIn(variant, scenario, 'assertion', `${variant}-fixed`);
  });
});
