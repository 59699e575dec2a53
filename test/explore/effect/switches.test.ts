import { describe, expect, it } from 'vitest';
import { effectPlan } from '../../../src/explore/effect/parts.js';
import { hunt } from '../../../src/explore/hunt.js';
import { InlinePool } from '../../../src/explore/inline-pool.js';
import { features } from '../../../src/kernel/features/index.js';
import { restsOn } from '../../../src/report/rests-on.js';
import { catalogue } from '../../../src/scenarios/catalogue/index.js';
import { findVariant } from '../../../src/variants/index.js';

/** Features that a name switches: which of them change nothing, and how often the others do. */

const plan = {
  strategies: ['random', 'delay'],
  seed: 1,
  memory: 'tso' as const,
  jobs: 1,
  pool: new InlinePool(),
};
const named = (...names: string[]) => catalogue.filter(({ name }) => names.includes(name));

describe('a feature that plainly changes nothing', () => {
  it.each([
    ['6.12+filterSwitching', ['nothing looks at it without filterLoadedMm']],
    ['5.10+earlyOutOnGenZero', ['nothing looks at it without genEarlyOut']],
    ['6.12+barrierWhenBitSet', ['nothing looks at it without lazyCpumask']],
    ['6.18+lazyCpumask', ['6.18 has it on already']],
    ['6.12~hostAtomicClear', ['native has no KVM host']],
    ['6.12+filterLoadedMm+filterSwitching', [undefined, undefined]],
    ['6.12+lazyCpumask+barrierWhenBitSet', [undefined, undefined]],
    ['kvm/v0~hostAtomicClear', [undefined]],
  ])('%s: %j', (name, idle) => {
    expect(effectPlan(findVariant(name)!)?.parts.map((part) => part.idle)).toEqual(idle);
  });

  it('needs a feature that there is', () => {
    const names = features.map(({ name }) => name);
    for (const { needs } of features) if (needs !== undefined) expect(names).toContain(needs);
  });

  it('is what a verdict rests on', async () => {
    const scenarios = named('ping-pong-munmap');
    const { verdict } = await hunt({ ...plan, executions: 10, variant: '6.12+filterSwitching', scenarios });
    expect(verdict.effect).toMatchObject({ base: '6.12', changedNothing: true, otherwise: 0 });
    expect(restsOn(verdict)[0]).toBe(
      'switched filterSwitching: changes nothing: nothing looks at it without filterLoadedMm',
    );
    const plain = await hunt({ ...plan, executions: 10, variant: '6.12', scenarios });
    expect(plain.verdict).not.toHaveProperty('effect');
    expect(restsOn(plain.verdict)[0]).toMatch(/^executions:/);
  });
});

describe('every feature', () => {
  const scenarios = named('ping-pong-munmap', 'lazy-freed-tables', 'reclaim-race');

  it('that the kernel has is read in functions that are known', () => {
    for (const { name, host, machine } of features) {
      if (host === true || machine === true) continue;
      for (const variant of [`6.18~${name}`, `kvm/v0~${name}`, `hypercall/v0~${name}`])
        expect(effectPlan(findVariant(variant)!)?.parts[0].functions, variant).not.toEqual([]);
    }
  });

  /** Without them the same is decided by other reads, where nobody is lazy, behind or batched. */
  const READS_ONLY = ['genEarlyOut', 'skipLazy', 'flushBatchedPending'];

  it.each(features.map(({ name }) => name))(
    '%s does otherwise only where an execution is another one',
    async (name) => {
      for (const base of ['6.18', 'kvm/v0']) {
        const value = findVariant(base)!.features[name];
        const request = { ...plan, executions: 9, scenarios, pastViolations: true };
        const { verdict } = await hunt({ ...request, variant: `${base}${value ? '~' : '+'}${name}` });
        const before = await hunt({ ...request, variant: base });
        const isSame = verdict.traceHash === before.verdict.traceHash;
        if (isSame || !READS_ONLY.includes(name)) expect(verdict.effect?.changedNothing, base).toBe(isSame);
      }
    },
  );
});

describe('two features that hide each other', () => {
  it('change something together', async () => {
    const request = { ...plan, executions: 20, scenarios: named('ping-pong-munmap') };
    const { verdict } = await hunt({
      ...request,
      variant: '6.18~filterLoadedMm~filterSwitching',
      pastViolations: true,
    });
    const [loaded, switching] = verdict.effect!.parts;
    expect(verdict.effect!.changedNothing).toBe(false);
    expect(loaded.otherwise).toBeGreaterThan(0);
    expect(switching).toMatchObject({ otherwise: 0 });
  });
});
