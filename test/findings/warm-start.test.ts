import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../../src/findings/scenario-schema.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';

const scenario: Scenario = {
  ...{ name: 'warm', summary: '', cpus: 1, pages: 2, slots: 2, pcid: true, lazy: true, walks: 0 },
  mms: [
    { mapped: [{ page: 0, write: false }] },
    {
      mapped: [
        { page: 0, write: false, sharedWith: 0 },
        { page: 1, write: true },
      ],
    },
  ],
  start: [{ loadedMm: 0, slots: [{ mm: 0, tlbGen: 1 }], cached: [{ mm: 0, page: 0 }] }],
  scripts: [[]],
};

const refusal = (changes: Partial<Scenario>): string | undefined => {
  const { error } = scenarioSchema.safeParse({ ...scenario, ...changes });
  return error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join();
};
const mapped = (...pages: NonNullable<Scenario['mms'][number]['mapped']>): Partial<Scenario> => ({
  mms: [{ mapped: [{ page: 0, write: true }] }, { mapped: pages }],
});
const cached = (mm: number, page: number): Partial<Scenario> => ({
  start: [
    {
      loadedMm: 0,
      cached: [
        { mm: 0, page: 0 },
        { mm, page },
      ],
    },
  ],
});

describe('pages in memory and translations cached at the start', () => {
  it('are taken where a kernel can have come to them', () => {
    expect(refusal({})).toBeUndefined();
    for (const each of verifyCatalogue) expect(scenarioSchema.parse(each)).toEqual(each);
  });

  it.each([
    [
      'a page that the scenario has not',
      mapped({ page: 2, write: true }),
      'mms.1.mapped.0.page names page 2 of 2',
    ],
    [
      'a page without a VMA',
      { mms: [{ vmas: [[0, 1, true]], mapped: [{ page: 1, write: true }] }] },
      'mms.0.mapped.0.page is page 1, which has no VMA',
    ],
    [
      'a store where the VMA allows none',
      { mms: [{ vmas: [[0, 1, false]], mapped: [{ page: 0, write: true }] }] },
      'mms.0.mapped.0.write is true, but the VMA of page 0 allows no stores',
    ],
    [
      'a dead mm',
      { mms: [{}, { alive: false, mapped: [{ page: 0, write: false }] }] },
      'mms.1.mapped.0 is of mm 1, which is not alive at the start',
    ],
    [
      'a page twice',
      mapped({ page: 1, write: true }, { page: 1, write: false }),
      'mms.1.mapped.1.page is page 1, which is mapped before',
    ],
    [
      'a shared page that is written',
      mapped({ page: 0, write: false, sharedWith: 0 }),
      'mms.1.mapped.0.sharedWith is 0, but an entry of page 0 allows stores',
    ],
    [
      'a page shared with an mm that has it not',
      mapped({ page: 1, write: false, sharedWith: 0 }),
      'mms.1.mapped.0.sharedWith is 0, which has not mapped page 1',
    ],
    [
      'a page shared with itself',
      mapped({ page: 1, write: false, sharedWith: 1 }),
      'mms.1.mapped.0.sharedWith is 1, which is not before mm 1',
    ],
    [
      'a translation without a slot',
      cached(1, 1),
      'start.0.cached.1.mm names mm 1, which has no slot of this CPU',
    ],
    [
      'a translation of nothing',
      cached(0, 1),
      'start.0.cached.1.page names page 1, which mm 0 has not mapped',
    ],
    ['a translation twice', cached(0, 0), 'start.0.cached.1 is page 0 of mm 0, which is cached before'],
  ] as [string, Partial<Scenario>, string][])('%s is refused', (_, changes, message) => {
    expect(refusal(changes)).toBe(message);
  });
});
