import { describe, expect, it } from 'vitest';
import { type CheckReport, checkPage, KIND_NAMES, KIND_WITHOUT_BAR } from '../../src/check/index.js';

const none = { agreed: 0, raced: 0, disagreed: 0, learnt: 0 };
const kinds = {
  ...Object.fromEntries(KIND_NAMES.map((kind) => [kind, none])),
  gen: { ...none, agreed: 9, disagreed: 1 },
  ngen: { ...none, raced: 2, agreed: 5 },
  pcid: { ...none, learnt: 3 },
};
const place = { line: 7, kind: 'gen', kernel: '3', model: '2' };
const report = {
  ...{ file: 'a.trace', profile: '6.18', profileBy: 'given', backend: 'native', events: 20, notCompared: [] },
  ...{ kinds, agreed: 14, raced: 2, disagreed: 1, learnt: 3, disagreements: [place], races: [place, place] },
  ...{ contradictions: [], contradicted: {}, uncounted: [], notModelled: {} },
} as unknown as CheckReport;

describe('a check as a page', () => {
  it('has a row for each kind that has lines, and the places beneath', () => {
    const { results } = checkPage('0.1.0', [report]).document;
    expect(results.headline).toBe("1 of 17 decisions differ from the model's: DISAGREES");
    expect(
      results.rows.map(({ subject, status, verdict, counts }) => [subject, status, verdict, counts]),
    ).toEqual([
      ['gen', 'violation', 'disagrees', { agreed: 9, raced: 0, disagreed: 1, learnt: 0 }],
      ['ngen', 'none', 'agrees', { agreed: 5, raced: 2, disagreed: 0, learnt: 0 }],
      ['pcid', 'open', 'learnt only', { agreed: 0, raced: 0, disagreed: 0, learnt: 3 }],
    ]);
    expect(results.grounds).toEqual([
      { title: 'a.trace: the kernel decided otherwise', lines: ['line 7, gen: kernel 3, model 2'] },
      { title: 'a.trace: of another order', lines: Array(2).fill('line 7, gen: kernel 3, model 2') },
    ]);
  });

  it('judges nothing that no bar is for', () => {
    const left = { ...report.kinds, [KIND_WITHOUT_BAR]: { ...none, agreed: 9, disagreed: 2 } };
    const { rows } = checkPage('0.1.0', [{ ...report, kinds: left }]).document.results;
    expect(rows.find(({ subject }) => subject === KIND_WITHOUT_BAR)).toMatchObject({
      ...{ status: 'known', verdict: 'not judged', counts: { disagreed: 2 } },
    });
  });

  it('of several says in how many the kernel decided otherwise', () => {
    const { results } = checkPage('0.1.0', [report, { ...report, file: 'b', disagreed: 0 }]).document;
    expect(results.headline).toBe('The kernel decided otherwise than the model in 1 of 2 recordings');
    expect(results.settings.map(({ label }) => label)).toEqual(['a.trace', 'b']);
  });
});
