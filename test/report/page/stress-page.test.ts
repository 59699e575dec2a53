import { describe, expect, it } from 'vitest';
import { stressPage } from '../../../src/report/page/stress-page.js';
import type { StressResult, StressViolation } from '../../../src/stress/api.js';
import { sampleFinding } from '../../findings/sample.js';
import { sampleResult } from '../../stress/sample-result.js';

const head = { shootdown: '0.1.0', interrupted: false };
const violation: StressViolation = { class: 'stale-use', message: 'CPU1 read', cpu: 1 };

describe('a stress run as a page', () => {
  it('has a row, what threads did, and the witness that the explorer found', () => {
    const witness = { finding: sampleFinding(), cause: 'no IPI', replay: null, file: 'findings/x.json' };
    const result = sampleResult({ violations: [violation], failedIn: 'lazy' });
    const { document, files } = stressPage(head, result, witness, [{ label: 'stress', text: 'b3' }]);
    const { rows, witnesses, settings, grounds } = document.results;
    expect(rows).toMatchObject([
      { status: 'violation', verdict: 'stale-use', scenario: 'lazy', message: 'CPU1 read', witness: 0 },
    ]);
    expect(witnesses).toMatchObject([{ cause: 'no IPI', finding: 'findings/x.json' }]);
    expect([...files.keys()]).toEqual(['findings/x.json']);
    expect(settings).toEqual([{ label: 'stress', text: 'b3' }]);
    expect(grounds[0].lines.some((line) => line.startsWith('rests on: what threads happened to do'))).toBe(
      true,
    );
  });

  it.each<[Partial<StressResult>, string, string]>([
    [{}, 'none', 'none seen'],
    [{ hang: { message: 'CPU0 waits', cpus: [], locks: [] } }, 'open', 'hang'],
    [{ dead: ['CPU1 died'] }, 'open', 'a thread died'],
    [{ changedNothing: true }, 'open', 'none seen, NO EFFECT'],
    [{ interrupted: true }, 'open', 'none seen'],
  ])('%j is %s: %s', (change, status, verdict) => {
    const { rows } = stressPage(head, sampleResult(change), null, []).document.results;
    expect(rows).toMatchObject([{ status, verdict, witness: null }]);
  });
});
