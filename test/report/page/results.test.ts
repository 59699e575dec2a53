import { describe, expect, it } from 'vitest';
import { huntPage } from '../../../src/report/page/results.js';
import { failed, sampleReport } from '../reporters/sample-report.js';
import { sampleVerdict } from '../verdicts.js';

/** A hunt's report as data. */

describe('results', () => {
  it('have a row for each subject, its witness by index, and the finding beside them', () => {
    const { document, files } = huntPage(sampleReport({ notReached: ['b3'], interrupted: true }));
    const { rows, witnesses, interrupted } = document.results;
    expect(rows.map(({ subject, status, witness }) => [subject, status, witness])).toEqual([
      ['b1', 'violation', 0],
      ['b1-fixed', 'none', null],
      ['b3', 'open', null],
    ]);
    expect(rows[1].verdict).toBe('none in 30,000 executions');
    expect(interrupted).toBe(true);
    expect(witnesses[0]).toMatchObject({ subject: 'b1', violation: 'stale-use', finding: 'findings/x.json' });
    expect([...files.keys()]).toEqual(['findings/x.json']);
    expect(document.executions).toEqual([null]);
  });

  it('say nothing of what was not run, and tell apart what is known', () => {
    const met = {
      scenario: 's',
      class: 'stale-use',
      cause: 'c',
      isKnown: true,
      executions: 1,
      execution: 0,
    } as const;
    const results = [
      { verdict: sampleVerdict({ executions: 0 }), witness: null },
      { verdict: sampleVerdict({ met: [met] }), witness: null },
      { verdict: sampleVerdict({ interrupted: true }), witness: null },
      failed({ finding: null }),
    ];
    const { document, files } = huntPage(sampleReport({ results }));
    expect(document.results.rows.map(({ status }) => status)).toEqual(['open', 'known', 'open', 'violation']);
    expect(document.results.rows[1].remarks).toEqual(['known stale-use in s (1 execution): c']);
    expect(files.size).toBe(0);
  });
});
