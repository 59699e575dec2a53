import { describe, expect, it } from 'vitest';
import { proofWords } from '../../../src/study/exhaustive/proof-words.js';
import { provedRows } from '../../../src/study/exhaustive/proved-row.js';
import { decided, wrong } from './cells.js';

describe('what is said of a row beneath its counts', () => {
  const said = (...cells: Parameters<typeof provedRows>[0]): string => proofWords(provedRows(cells)[0]);

  it('is of how much every execution is right', () => {
    expect(said(decided('kvm/v4', 'preempted-whole'), decided('kvm/v4', 'lazy-back-whole'))).toBe(
      'all executions of 2 scenarios, 2,000 states: none goes wrong',
    );
  });

  it('is a shortest witness, and how far other scenarios were looked at', () => {
    expect(
      said(
        decided('kvm/v5', 'preempted-whole', wrong(85)),
        decided('kvm/v5', 'lazy-back-whole', { complete: false, ended: 'states', withinSteps: 71 }),
      ),
    ).toBe('shortest witness in preempted-whole: 85 steps; none of up to 71 steps in lazy-back-whole');
  });
});
