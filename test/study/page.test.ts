import { describe, expect, it } from 'vitest';
import { studyPage } from '../../src/study/page.js';
import { totalsOf } from '../../src/study/paired-counts.js';
import type { RowResult } from '../../src/study/study.js';
import { sampleFinding } from '../findings/sample.js';
import { failed } from '../report/reporters/sample-report.js';
import { sampleVerdict } from '../report/verdicts.js';
import { pairsOf } from './pairs.js';

/** A study as a page: rows by the names of its table, with their witnesses. */

const row = (label: string) => ({ group: 'kvm', variant: `kvm/${label}`, label, baseline: null });
const result = (label: string, change: Partial<RowResult>): RowResult => ({
  ...{ row: row(label), verdict: null, finding: null, replay: null, known: null, counts: null },
  ...{ pairs: null, comparisons: 0, brokenHost: null, rounds: null, proof: null },
  ...change,
});
const measured = (label: string, needless: unknown) => ({
  ...{
    ...row(label),
    senseless: null,
    known: null,
    knownWitness: null,
    effect: null,
    counters: {},
    proof: null,
  },
  columns: { needlessSwitchFlushesPerThousandOperations: needless, verdict: 'none' },
});
const replay = { cause: 'no IPI', trace: [], start: [], memory: { words: [], accesses: [] }, links: [] };

describe('a study as a page', () => {
  it('has its rows, what is known of them, and its answer', () => {
    const results = [
      result('v0', { verdict: sampleVerdict(), known: 'stale-use' }),
      result('v1', { verdict: failed().verdict, finding: sampleFinding(), replay: replay as never }),
      result('v2', {}),
    ];
    const report = {
      study: 's',
      interrupted: false,
      verdicts: [sampleVerdict()],
      notes: [],
      answer: ['Yes.'],
      rows: [measured('v0', { value: 158 }), measured('v1', null)],
    };
    const { rows, witnesses, grounds } = studyPage('0.1.0', results, report).document.results;
    expect(rows.map(({ subject, status, witness }) => [subject, status, witness])).toEqual([
      ['kvm v0', 'none', null],
      ['kvm v1', 'violation', 0],
    ]);
    expect(rows[0].remarks).toEqual(['a witness of stale-use travels with the package']);
    expect(witnesses).toMatchObject([{ subject: 'b1', cause: 'no IPI', perfetto: null }]);
    expect(
      rows.map(({ group, label, measures }) => [group, label, measures?.map(({ value }) => value)]),
    ).toEqual([
      ['kvm', 'v0', [158]],
      ['kvm', 'v1', []],
    ]);
    expect(grounds[0]).toEqual({ title: 'answer', lines: ['Yes.'] });
  });

  it('of what was counted only shows that, each row by its group and variant', () => {
    const counts = totalsOf(
      pairsOf(1, () => [{}, {}]),
      'patch',
    );
    const counted = (group: string) => ({ ...row('v0'), group });
    const cost = (group: string, ipis: number) => ({
      ...{ ...measured('v0', null), ...counted(group) },
      columns: { ipisPerThousandOperations: ipis },
    });
    const { headline, rows } = studyPage(
      '0.1.0',
      ['lazy', 'reclaim'].map((group) => result('v0', { row: counted(group), counts })),
      {
        ...{ study: 's', interrupted: false, verdicts: [], notes: [], answer: [] },
        rows: [cost('lazy', 10), cost('reclaim', 20)],
      },
    ).document.results;
    expect(headline).toBe('Counted for 2 rows');
    expect(rows.map(({ verdict, measures }) => [verdict, measures?.map(({ value }) => value)])).toEqual([
      ['counted', [10]],
      ['counted', [20]],
    ]);
  });
});
