import { describe, expect, it } from 'vitest';
import { beneathWords, proofsOf, proofWords } from '../../../src/study/exhaustive/proof-words.js';
import { provedRows } from '../../../src/study/exhaustive/proved-row.js';
import { remoteTlbGen } from '../../../src/study/remote-tlb-gen.js';
import { ShippedProofs } from '../../../src/study/shipped/shipped-proofs.js';
import { decided, wrong } from './cells.js';

describe('what is said of a row beneath its counts', () => {
  const said = (...cells: Parameters<typeof provedRows>[0]): string => proofWords(provedRows(cells)[0]);

  it('is of how much every execution is right', () => {
    expect(said(decided('kvm/v4', 'preempted-whole'), decided('kvm/v4', 'lazy-back-whole'))).toBe(
      'all executions of 2 scenarios, 2,000 states: none goes wrong',
    );
  });

  it('is of how many others, where one goes wrong', () => {
    expect(said(decided('kvm/v5', 'preempted-whole', wrong(85)), decided('kvm/v5', 'lazy-back-whole'))).toBe(
      'shortest witness in preempted-whole: 85 steps; all executions of 1 other scenario, 1,000 states: ' +
        'none goes wrong',
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

describe('what is said above the table', () => {
  const none = ShippedProofs.read('of no study', []);

  it('is that nothing counts which other code has decided, and whether that is made good', () => {
    expect(beneathWords(none, true)).toMatch(/are of other code\. Rows are proved after the table/);
    expect(beneathWords(none, false)).toMatch(/are of other code\.$/);
  });
});

describe('what rows rest on', () => {
  const { proof: plan } = remoteTlbGen.plan;
  const now = provedRows([decided('kvm/v4', 'preempted-whole')])[0];

  it('tells what was decided before from what this run has decided', () => {
    if (plan === undefined) throw new Error('a study that proves nothing');
    const before = { ...now, isShipped: true, states: 5_000 };
    const [shipped, own] = proofsOf(plan, ShippedProofs.read('of no study', []), [before, now]);
    expect(shipped).toMatch(/^proofs of the package: all executions of 1 row, 5,000 states, decided by this/);
    expect(own).toMatch(/^proofs of this run: all executions of 1 row .*\(1,000 states of those/);
    expect(proofsOf(plan, null, [])).toEqual([]);
  });
});
