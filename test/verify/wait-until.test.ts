import { beforeAll, describe, expect, it } from 'vitest';
import { enumerate } from '../../src/explore/enumerate.js';
import { evaluateLowered, projectFile } from './lowered.js';
import type * as Entry from './wait-until-entry.js';
import { programs } from './wait-until-entry.js';

describe('waits for several words, and functions that scripts make', () => {
  let entry: typeof Entry;

  beforeAll(async () => {
    entry = await evaluateLowered(
      `export * from ${JSON.stringify(projectFile('test/verify/wait-until-entry.ts'))};`,
    );
  }, 120_000);

  it.each(['either', 'both', 'captures', 'assigns', 'declaresLater'] as const)(
    '%s: as all its schedules',
    (name) => {
      const { schedule, complete } = entry.search(name);
      const { outcomes } = enumerate(programs[name], { memory: 'sc' });
      const isViolated = outcomes.some(({ violation }) => violation !== null);
      expect({ isViolated: schedule !== null, complete }).toEqual({ isViolated, complete: !isViolated });
    },
  );

  it.each(['never 0', 'never 1'] as const)('%s: states that differ in what is captured are two', (name) => {
    expect(entry.search(name).schedule).not.toBeNull();
  });
});
