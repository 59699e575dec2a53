import { beforeAll, describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { findOrderings, type OrderingsProgress } from '../../src/orderings/found.js';
import { GivenAnswers } from '../../src/orderings/given-answers.js';
import { askedOf, orderingsOf } from '../../src/orderings/orderings-of-finding.js';
import { searchOrderings } from '../../src/orderings/searched.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import type { Finding, FindingOrdering } from '../../src/vocabulary/finding.js';

let finding: Finding;
let orderings: readonly FindingOrdering[];

beforeAll(async () => {
  const hunted = await hunt({
    ...{ seed: 1, strategies: ['random'], memory: 'tso', jobs: 1, executions: 600, variant: 'b4' },
    ...{ pool: new InlinePool(undefined, NO_MODULES) },
    scenarios: verifyCatalogue.filter(({ name }) => name === 'reclaim-read'),
  });
  finding = hunted.finding as Finding;
  const limits = { perTrial: 30, executions: 100, steps: 1e6 };
  orderings = orderingsOf(askedOf(finding, NO_MODULES), limits).named ?? [];
});

const search = (some: readonly FindingOrdering[], statesMax = 20_000) =>
  searchOrderings(finding, some, statesMax, NO_MODULES);

describe('all executions that keep orderings', () => {
  it('end in the violation, and without them one ends with nothing wrong', async () => {
    expect(orderings).toHaveLength(1);
    const all = await search(orderings);
    expect(all).toMatchObject({ isComplete: true, correct: null, otherwise: 0, ended: null });
    expect(all?.failing).toBeGreaterThan(0);
    expect(await search([])).toMatchObject({ isComplete: false, correct: expect.any(Array) });
  });

  it('show what few did not: one that is met is known when orderings are looked for again', async () => {
    const limits = { perTrial: 2, executions: 5, steps: 1e6 };
    const few = orderingsOf(askedOf(finding, NO_MODULES), limits);
    expect(few.named).not.toEqual(orderings);
    expect(await search(few.named ?? [])).toMatchObject({ isComplete: false, correct: expect.any(Array) });
    const told: OrderingsProgress[] = [];
    const asked = { ...limits, states: 20_000 };
    const found = await findOrderings(finding, NO_MODULES, asked, (of) => told.push(of));
    const steps = told.map((of) => of.steps);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(told.filter(({ states }) => states !== null).length).toBeGreaterThan(1);
    expect(Math.max(...told.map(({ states }) => states ?? 0))).toBeLessThanOrEqual(found.all?.states ?? 0);
    expect(found.all).toMatchObject({ isComplete: true, correctSteps: null });
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
