import { beforeAll, describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { GivenAnswers } from '../../src/orderings/given-answers.js';
import { orderingsOf } from '../../src/orderings/orderings-of-finding.js';
import { searchOrderings } from '../../src/orderings/searched.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import type { Finding, FindingOrdering } from '../../src/vocabulary/finding.js';

let finding: Finding;
let orderings: readonly FindingOrdering[];

beforeAll(async () => {
  const hunted = await hunt({
    ...{ seed: 1, strategies: ['random'], memory: 'tso', jobs: 1, executions: 600, variant: 'b2' },
    ...{ pool: new InlinePool(undefined, NO_MODULES) },
    scenarios: verifyCatalogue.filter(({ name }) => name === 'switch-back'),
  });
  finding = hunted.finding as Finding;
  const limits = { perTrial: 60, executions: 300, steps: 1e6 };
  orderings = orderingsOf(finding, NO_MODULES, limits).named ?? [];
});

const search = (some: readonly FindingOrdering[], statesMax = 20_000) =>
  searchOrderings(finding, some, statesMax, NO_MODULES);

describe('all executions that keep orderings', () => {
  it('end in the violation, and without any one of them one ends with nothing wrong', async () => {
    expect(orderings).toHaveLength(2);
    const all = await search(orderings);
    expect(all).toMatchObject({ isComplete: true, correctSteps: null, otherwise: 0, ended: null });
    expect(all?.failing).toBeGreaterThan(0);
    for (const one of orderings) {
      const without = await search(orderings.filter((other) => other !== one));
      expect(without).toMatchObject({ isComplete: false, correctSteps: expect.any(Number) });
    }
  });

  it('are not all of them where there are more states, or none are to be asked for', async () => {
    expect(await search(orderings, 200)).toMatchObject({ isComplete: false, ended: 'states' });
    const walked = { ...finding, schedule: ['0w', ...finding.schedule] };
    expect(await searchOrderings(walked, orderings, 200, NO_MODULES)).toBeNull();
  });
});

describe('answers that are given', () => {
  const given = new GivenAnswers(new Map([[3, [1, 5]]]));
  const countAfter = (agent: number, answers: number[], before: number) =>
    given.after(agent, answers, [9, before], (some) => (some.at(-1) ?? 0) < 4);

  it('are the only ones while there are some, and of fewer choices the last', () => {
    expect(given.begin()).toEqual([0]);
    expect(countAfter(3, [1], 0)).toEqual([1]);
    expect(countAfter(3, [0], 0)).toBeNull();
    expect(countAfter(3, [3], 1)).toEqual([2]);
    expect(countAfter(3, [2], 1)).toBeNull();
    expect(countAfter(3, [1, 3, 0], 0)).toEqual([2]);
    expect(countAfter(3, [0], 2)).toEqual([2]);
    expect(countAfter(2, [0], 0)).toEqual([0]);
  });
});
