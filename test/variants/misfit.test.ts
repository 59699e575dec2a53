import { describe, expect, it } from 'vitest';
import { catalogue, everyScenario } from '../../src/scenarios/catalogue/index.js';
import { findVariant, senselessReason } from '../../src/variants/index.js';
import { isUsual, misfit } from '../../src/variants/misfit.js';
import type { Variant } from '../../src/variants/variant.js';

const named = (name: string): Variant => {
  const found = findVariant(name);
  if (found === undefined) throw new Error(name);
  return found;
};
const noPcid = catalogue.find(({ pcid }) => !pcid);
if (noPcid === undefined) throw new Error('a scenario has no PCIDs');

describe('broadcasts without PCIDs', () => {
  it('are refused with the reason, but where they are the bug or the kernel knows better', () => {
    expect(misfit(named('invlpgb'), noPcid)).toContain('INVLPGB needs PCIDs');
    for (const name of ['b18', 'b18-fixed', '7.1/invlpgb', '6.18', '6.14'])
      expect(misfit(named(name), noPcid), name).toBe(null);
  });
});

describe('scenarios that are hunted where none is named', () => {
  const usual = (name: string): string[] =>
    everyScenario.filter((scenario) => isUsual(named(name), scenario)).map((scenario) => scenario.name);

  it('are the catalogue, and those about broadcasts where CPUs broadcast', () => {
    expect(usual('6.18')).toEqual(catalogue.map(({ name }) => name));
    expect(usual('invlpgb')).toContain('global-reclaim');
    expect(usual('invlpgb')).not.toContain(noPcid.name);
    expect(usual('b18')).toContain(noPcid.name);
    expect(usual('hyperv')).toContain('hyperv-sparse');
    expect(usual('hyperv')).not.toContain('global-reclaim');
    for (const name of ['hypercall', 'kvm', 'invlpgb', '6.18'])
      expect(usual(name), name).not.toContain('hyperv-sparse');
  });
});

describe('a kernel that is older than INVLPGB', () => {
  it('is refused with the reason', () => {
    expect(findVariant('6.12/invlpgb')).toBe(undefined);
    expect(senselessReason('6.12/invlpgb')).toBe('kernels use it since 6.15, and 6.12 is older');
    expect(named('6.15-rc6/invlpgb').backend.name).toBe('invlpgb');
    expect(senselessReason('invlpgb/v2')).toContain('leaves no slot behind');
  });
});
