import { describe, expect, it } from 'vitest';
import { selectScenarios } from '../../src/cli/select.js';
import { sampleScenario } from '../findings/sample.js';
import { fakeEngine } from './fake-engine.js';

const small = [sampleScenario({ name: 'small' }), sampleScenario({ name: 'both', summary: 'small' })];
const usual = [sampleScenario({ name: 'usual' }), sampleScenario({ name: 'both', summary: 'usual' })];
const engine = fakeEngine({ scenarios: async () => usual, verifyScenarios: async () => small });
const own = [sampleScenario({ name: 'small', summary: 'own' })];

describe('scenarios', () => {
  it('are the catalogue where none is named, without the small ones', async () => {
    const { scenarios } = await selectScenarios(engine, undefined, null);
    expect(scenarios).toEqual(usual);
  });

  it("are a module's before the catalogue's, and those before the small ones", async () => {
    const { scenarios } = await selectScenarios(engine, ['small', 'both', 'USUAL'], null);
    expect(scenarios).toEqual([small[0], usual[1], usual[0]]);
    expect((await selectScenarios(engine, ['small'], null, 1, own)).scenarios).toEqual(own);
  });

  it('have near names among all', async () => {
    await expect(selectScenarios(engine, ['smal'], null)).rejects.toThrow('near names: small');
  });
});
