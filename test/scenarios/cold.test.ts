import { expect, it } from 'vitest';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { requireCold } from '../../src/scenarios/cold.js';
import { verifyCatalogue } from '../../src/scenarios/verify/index.js';
import { subjectOf } from '../../src/stress/stress-subject.js';

const warm = verifyCatalogue.find(({ name }) => name === 'preempted-whole')!;

it('threads take what begins cold, as all of the catalogue does, and refuse what begins warm', () => {
  expect(() => catalogue.forEach(requireCold)).not.toThrow();
  expect(() => requireCold({ ...warm, start: [] })).toThrow('preempted-whole begins with pages in memory');
  const [first] = catalogue;
  const cached = { ...first, start: [{ loadedMm: 0, cached: [{ mm: 0, page: 0 }] }] };
  expect(() => requireCold(cached)).toThrow('which threads cannot');
});

it('so does a run that is started from a script', () => {
  const asked = { variant: '6.18', scenario: warm, cpus: 2 } as Parameters<typeof subjectOf>[0];
  expect(() => subjectOf(asked, { variants: [], programs: [] })).toThrow('which threads cannot');
});
