import { describe, expect, it } from 'vitest';
import { oracles } from '../../src/oracles/index.js';
import { HARM_CLASSES, LATENT_CLASSES } from '../../src/vocabulary/finding.js';
import { runMany, type Setup } from '../kernel/harness.js';
import { type Plant, plants } from './plants.js';

const SEED = 7;

function tripped(plant: Plant, setup: Setup) {
  const tally = runMany(plant.scenario, {
    ...setup,
    executions: plant.executions,
    seed: SEED,
    wanted: plant.says,
  });
  return tally;
}

describe('every oracle trips on a planted bug and is silent on its correct twin', () => {
  for (const plant of plants) {
    it(`${plant.class}: ${plant.name}`, () => {
      const bad = tripped(plant, plant.plant);
      const times = (plant.class in bad.harm ? bad.harm[plant.class] : bad.latent[plant.class]) ?? 0;
      expect(times).toBeGreaterThanOrEqual(plant.atLeast ?? 3);
      if (plant.says !== undefined)
        expect(bad.said, `"${bad.first?.message}"`).toBeGreaterThanOrEqual(plant.atLeast ?? 3);
      const good = tripped(plant, plant.twin ?? { profile: plant.plant.profile });
      expect(good.harm).toEqual({});
      expect(good.latent).toEqual({});
    });
  }

  it('covers every class', () => {
    const covered = new Set(plants.map((plant) => plant.class));
    // `assertion` belongs to plain programs: assertion.test.ts.
    const missing = [...HARM_CLASSES, ...LATENT_CLASSES].filter((name) => !covered.has(name));
    expect(missing).toEqual(['assertion']);
    expect(oracles.map((oracle) => oracle.name)).toEqual([...HARM_CLASSES, ...LATENT_CLASSES]);
  });
});
