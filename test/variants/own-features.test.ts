import { describe, expect, it } from 'vitest';
import { effectPlan } from '../../src/explore/effect/parts.js';
import { catalogue, hunt, type KernelCpu, type Protocol, shouldFlushTlb } from '../../src/index.js';
import { defineVariant } from '../../src/variants/define.js';
import { findVariant } from '../../src/variants/index.js';

function* asksNobody(cpu: KernelCpu, target: number): Protocol<boolean> {
  if (cpu.hasFeature('asksNobody')) return false;
  return yield* shouldFlushTlb(cpu, target);
}
const own = defineVariant({
  name: 'own-features',
  replace: { shouldFlushTlb: asksNobody },
  ownFeatures: { asksNobody: true, other: false },
});
const named = (name: string) => findVariant(name, [own]);
const scenarios = catalogue.filter(({ name }) => name === 'ping-pong-dontneed');

describe('features of a variant', () => {
  it('are switched by name, whatever its letters', () => {
    expect(own.features).toMatchObject({ asksNobody: true, other: false, lazyCpumask: true });
    expect(named('own-features~asksNobody')?.features).toMatchObject({ asksNobody: false });
    expect(named('own-features+OTHER~lazycpumask')?.features).toMatchObject({
      asksNobody: true,
      other: true,
      lazyCpumask: false,
    });
    expect(named('own-features+nothing')).toBeUndefined();
    expect(named('6.18+asksNobody')).toBeUndefined();
  });

  it('are those of what it is made from', () => {
    const heir = defineVariant({ name: 'own-features-heir', base: own, features: { asksNobody: false } });
    expect(heir.features).toMatchObject({ asksNobody: false, other: false });
  });

  it('decide', async () => {
    const on = await hunt({ variant: own, scenarios, executions: 30 });
    const heir = defineVariant({ name: 'own-features-off', base: own, features: { asksNobody: false } });
    const off = await hunt({ variant: heir, scenarios, executions: 30 });
    expect(on.verdict.violation).toBe('stale-use');
    expect(off.verdict.violation).toBeNull();
  });

  it('are part of what is changed, the other way round before', () => {
    const plan = effectPlan(named('own-features~asksNobody')!)!;
    expect(plan.base.name).toBe('6.18');
    expect(plan.parts).toEqual([
      { kind: 'function', name: 'shouldFlushTlb', functions: ['shouldFlushTlb'] },
      { kind: 'feature', name: 'asksNobody', functions: expect.arrayContaining(['shouldFlushTlb']) },
    ]);
  });

  it.each([
    [{ ownFeatures: { 'a-b': true } }, "a feature's name is made of letters and digits"],
    [{ ownFeatures: { LazyCpumask: true } }, 'the kernel has a feature "LazyCpumask"'],
    [{ ownFeatures: { mine: 1 as never } }, 'feature mine is switched by true or false, not 1'],
    [{ features: { mine: true } }, 'there is no feature "mine"'],
  ])('%j is refused', (spec, message) => {
    expect(() => defineVariant({ name: 'own-features-bad', ...spec })).toThrow(message);
  });
});
