import { describe, expect, it } from 'vitest';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { features } from '../../src/kernel/features.js';
import { restsOn } from '../../src/report/rests-on.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { findVariant } from '../../src/variants/index.js';

describe('a feature that is switched and changes nothing', () => {
  it.each([
    ['6.12+filterSwitching', ['filterSwitching changes nothing without filterLoadedMm']],
    ['5.10+earlyOutOnGenZero', ['earlyOutOnGenZero changes nothing without genEarlyOut']],
    ['6.12+barrierWhenBitSet', ['barrierWhenBitSet changes nothing without lazyCpumask']],
    ['6.18+lazyCpumask', ['lazyCpumask changes nothing: 6.18 has it on already']],
    ['6.12~hostAtomicClear', ['hostAtomicClear changes nothing: native has no KVM host']],
    ['6.12+filterLoadedMm+filterSwitching', []],
    ['6.12+lazyCpumask+barrierWhenBitSet', []],
    ['kvm/v0~hostAtomicClear', []],
  ])('%s: %j', (name, notes) => {
    expect(findVariant(name)?.notes).toEqual(notes);
  });

  it('needs a feature that there is', () => {
    const names = features.map(({ name }) => name);
    for (const { needs } of features) if (needs !== undefined) expect(names).toContain(needs);
  });

  it('is what a verdict rests on', async () => {
    const scenarios = catalogue.filter(({ name }) => name === 'ping-pong-munmap');
    const plan = { strategies: ['random'], seed: 1, memory: 'tso' as const, jobs: 1, executions: 10, pool: new InlinePool() };
    const { verdict } = await hunt({ ...plan, variant: '6.12+filterSwitching', scenarios });
    expect(restsOn(verdict)[0]).toBe('variant: filterSwitching changes nothing without filterLoadedMm');
    const plain = await hunt({ ...plan, variant: '6.12', scenarios });
    expect(restsOn(plain.verdict).join('\n')).not.toContain('variant:');
  });
});
