import { describe, expect, it } from 'vitest';
import { stressLines } from '../../src/report/stress-words.js';
import { mergeResults } from '../../src/stress/merge-results.js';
import { sampleResult } from './sample-result.js';

describe('runs in turn, as one', () => {
  const violations = [{ class: 'assertion', cpu: 1, message: 'use after free' }] as const;
  const program = { scenario: 'plain program', rounds: 10 };

  it('say which program failed', () => {
    const good = sampleResult({ ...program, variant: 'hazard' });
    const merged = mergeResults([good, sampleResult({ ...program, variant: 'hazard-no-fence', violations })]);
    expect(merged).toMatchObject({ failedIn: 'hazard-no-fence', rounds: 20, violations });
    expect(stressLines(merged)).toContainEqual({ label: 'seen in', text: 'hazard-no-fence' });
  });

  it('say which scenario failed', () => {
    const hang = { message: 'stands still', cpus: [], locks: [] };
    const merged = mergeResults([sampleResult(), sampleResult({ scenario: 'fork-cow', hang })]);
    expect(merged).toMatchObject({ scenario: 'catalogue', failedIn: 'fork-cow', hang });
  });

  it('name none where all went well, or one ran alone', () => {
    expect(mergeResults([sampleResult(), sampleResult()])).not.toHaveProperty('failedIn');
    expect(mergeResults([sampleResult({ violations })])).not.toHaveProperty('failedIn');
  });
});
