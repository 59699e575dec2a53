import { describe, expect, it } from 'vitest';
import { hunt } from '../../src/api/hunt.js';
import { compare } from '../../src/compare/api.js';
import { catalogue, everyScenario } from '../../src/scenarios/catalogue/index.js';
import { fittingScenarios } from '../../src/scenarios/fitting.js';
import { findVariant } from '../../src/variants/index.js';

const noPcid = catalogue.filter(({ pcid }) => !pcid);
const namesFor = (...variants: string[]): string[] =>
  fittingScenarios(
    variants.map((name) => findVariant(name)),
    undefined,
  ).map(({ name }) => name);

describe('where variants run', () => {
  it('is what is usual for all of them, where nothing is given', () => {
    expect(namesFor('6.18')).toEqual(catalogue.map(({ name }) => name));
    // Scenarios about the hardware or the guest come first.
    const broadcasts = everyScenario.filter(({ forBroadcasts }) => forBroadcasts === true);
    const withPcid = catalogue.filter(({ pcid }) => pcid);
    expect(namesFor('invlpgb')).toEqual([...broadcasts, ...withPcid].map(({ name }) => name));
    const guests = everyScenario.filter(({ hyperv }) => hyperv !== undefined);
    expect(namesFor('hyperv')).toEqual([...guests, ...catalogue].map(({ name }) => name));
    expect(namesFor('invlpgb', '6.18')).toEqual(withPcid.map(({ name }) => name));
    // Nobody's: whoever looks it up says so.
    expect(namesFor('nobody')).toEqual(catalogue.map(({ name }) => name));
  });

  it('is what is given, where silicon does not rule it out', () => {
    const invlpgb = findVariant('invlpgb');
    expect(fittingScenarios([invlpgb], catalogue.slice(0, 2))).toEqual(catalogue.slice(0, 2));
    expect(() => fittingScenarios([invlpgb], noPcid)).toThrow('makes no sense in scenario no-pcid: INVLPGB');
    expect(() => fittingScenarios([invlpgb], [])).toThrow('no scenario is given');
  });

  it('is asked by functions as by commands: no fault of the silicon is told as a violation', async () => {
    const refused = /makes no sense in scenario no-pcid/;
    await expect(hunt({ variant: 'invlpgb', scenarios: noPcid })).rejects.toThrow(refused);
    await expect(compare('invlpgb', '6.18', { scenarios: noPcid })).rejects.toThrow(refused);
    const { verdict } = await hunt({ variant: 'invlpgb', executions: 150 });
    expect(verdict.message).toBe(null);
    expect(verdict.scenarios.map(({ scenario }) => scenario)).not.toContain('no-pcid');
    await expect(hunt({ variant: '6.18', scenarios: [] })).rejects.toThrow('no scenario is given');
  });
});
