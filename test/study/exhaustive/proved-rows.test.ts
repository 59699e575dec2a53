import { describe, expect, it } from 'vitest';
import { provedAnswer } from '../../../src/study/exhaustive/proved-answer.js';
import { provedRow, provedRows } from '../../../src/study/exhaustive/proved-row.js';
import { ProvedTable } from '../../../src/study/exhaustive/proved-table.js';
import { remoteTlbGen } from '../../../src/study/remote-tlb-gen.js';
import { decided, wrong } from './cells.js';

const partly = { complete: false, completeWithinSwitches: true } as const;
const within = (switches: number) => ({ switches, storeBufferDepth: 8, walks: 0, preemptions: 1 });

describe('what is proved of a row', () => {
  it('is its shortest witness, and where there are others', () => {
    const row = provedRow(decided('kvm/v5', 'dontneed-full').row, [
      decided('kvm/v5', 'dontneed-full', wrong(80)),
      decided('kvm/v5', 'lazy-back-whole', wrong(70)),
      decided('kvm/v5', 'dontneed-read'),
    ]);
    expect(row.witness).toEqual({
      class: 'stale-use',
      steps: 70,
      scenario: 'lazy-back-whole',
      finding: 'f70',
    });
    expect(row.refuted).toEqual(['dontneed-full', 'lazy-back-whole']);
    expect(row).toMatchObject({ proved: ['dontneed-read'], states: 1_000 });
  });

  it('is no witness where it is known of the kernel beneath', () => {
    const row = provedRow(decided('native-5.10/v0', 'lazy-table').row, [
      decided('native-5.10/v0', 'lazy-table', { ...wrong(52), known: 'left-mask-before-cr3' }),
    ]);
    expect(row).toMatchObject({ witness: null, refuted: [], proved: [] });
    expect(row.known).toEqual([{ finding: 'left-mask-before-cr3', scenario: 'lazy-table' }]);
  });

  it('says how far what is too large was looked at', () => {
    const [row] = provedRows([
      decided('kvm/v4', 'two-dontneed', { ...partly, bounds: within(3), states: 5 }),
      decided('kvm/v4', 'dontneed-two-readers', { complete: false, ended: 'time', withinSteps: 40 }),
      decided('kvm/v4', 'dontneed-read'),
    ]);
    const table = new ProvedTable(remoteTlbGen, ['v4'], 3);
    expect(table.row(row)).toMatch(/^v4 +none +1 of 3 +1,000 +not all of two-dontneed \(3\),/);
    expect(table.row(row)).toContain('(40 steps)');
  });
});

describe('the answer', () => {
  const rows = (v11: number | null, v12: number | null) =>
    provedRows([
      decided('kvm/v11', 'slot-to-another', v11 === null ? {} : wrong(v11)),
      decided('kvm/v12', 'slot-to-another', v12 === null ? {} : wrong(v12)),
    ]);

  it('names the weakest that suffices, and what fails before it', () => {
    const [standing, refuted, weakest] = provedAnswer(rows(99, null));
    expect(standing).toMatch(
      /^Proved: under v12 no execution goes wrong, .* 1 scenario each \(1,000 states\)/,
    );
    expect(refuted).toBe('Refuted: v11: kvm (stale-use, 99 steps, slot-to-another).');
    expect(weakest).toMatch(/^The weakest that suffices: a lock that the slot's owner takes too.*\(v12\)\./);
    expect(weakest).toContain('What is weaker fails: a lock that only initiators take.');
  });

  it('names none where none suffices', () => {
    expect(provedAnswer(rows(99, 98)).join(' ')).not.toContain('weakest');
  });

  it('is what the rows say: the weaker one where that stands', () => {
    const more = provedRows([
      decided('kvm/v3', 'slot-to-another', wrong(80)),
      decided('kvm/v11', 'slot-to-another'),
      decided('kvm/v12', 'slot-to-another'),
    ]);
    expect(provedAnswer(more).at(-1)).toMatch(
      /^The weakest .*only initiators take \(v11\)\. .*Enough too: .*\(v12\)/,
    );
    expect(provedAnswer(rows(null, null)).join(' ')).not.toContain('weakest');
  });
});
