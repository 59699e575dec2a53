import { describe, expect, it } from 'vitest';
import { assumptions } from '../../src/report/assumptions.js';
import { restsOn } from '../../src/report/rests-on.js';
import { renderTable } from '../../src/report/table.js';
import { VerdictTable, verdictWords } from '../../src/report/verdict-table.js';
import { sampleVerdict } from './verdicts.js';

describe('a table', () => {
  it('aligns its columns and wraps the last under itself', () => {
    const rows = [
      ['random', '12', 'Picks an agent at random, and stays with it with a probability drawn per execution.'],
      ['pct', '3', 'short'],
    ];
    const table = renderTable(
      [{ title: 'NAME' }, { title: 'N', align: 'right' }, { title: 'SUMMARY' }],
      rows,
      { width: 50 },
    );
    expect(table).toMatchInlineSnapshot(`
      "NAME     N  SUMMARY
      random  12  Picks an agent at random, and stays
                  with it with a probability drawn per
                  execution.
      pct      3  short"
    `);
  });

  it('keeps a path in one piece', () => {
    const table = renderTable(
      [{ title: 'NAME' }, { title: 'FILE' }],
      [['a', 'findings/a-very-long-name-of-a-file.json']],
      { width: 30 },
    );
    expect(table).toContain('\n    findings/a-very-long-name-of-a-file.json');
  });

  it('puts prose below where there is no room beside', () => {
    expect(
      renderTable([{ title: 'NAME' }, { title: 'WHY' }], [['n'.repeat(30), 'one two three four five']], {
        width: 40,
      }),
    ).toMatchInlineSnapshot(`
      "NAME                            WHY
      nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
          one two three four five"
    `);
  });
});

describe('the table of verdicts', () => {
  const found = sampleVerdict({
    variant: 'b1',
    violation: 'stale-use',
    executions: 1_234,
    finding: 'findings/b1--two-mm-switch--stale-use--1a2b3c4d.json',
  });
  const latent = {
    class: 'gen-ahead',
    executions: 3,
    scenario: 'two-mm-switch',
    execution: 17,
    message: 'slot 0 is ahead',
  } as const;

  it('is readable row by row', () => {
    const table = new VerdictTable({ variants: ['b3', 'b1', 'b1-fixed'], scenarios: ['two-mm-switch'] });
    const rows = [
      table.header(),
      table.row(found),
      table.row(sampleVerdict()),
      table.row(sampleVerdict({ latent: [latent], interrupted: true })),
    ];
    expect(rows.join('\n')).toMatchInlineSnapshot(`
      "VARIANT   VERDICT                     SCENARIO       EXECUTIONS  SECONDS  FINDING
      b1        stale-use                   two-mm-switch       1,234      9.9
          findings/b1--two-mm-switch--stale-use--1a2b3c4d.json
      b1-fixed  none in 30,000 executions   two-mm-switch      30,000      9.9  -
      b1-fixed  none in 30,000 executions   two-mm-switch      30,000      9.9  -
          interrupted
          latent gen-ahead in 3 executions (first in execution 17 of two-mm-switch): slot 0 is ahead"
    `);
  });

  it('never promises more than it has seen', () => {
    expect(verdictWords(sampleVerdict())).toBe('none in 30,000 executions');
    const printed = [
      ...restsOn(sampleVerdict()),
      ...assumptions.map(({ summary }) => summary),
      verdictWords(sampleVerdict()),
    ].join('\n');
    expect(printed).not.toMatch(/\bsafe\b/i);
  });
});

describe('what a verdict rests on', () => {
  it('names executions, memory model, assumptions and what is not modelled', () => {
    expect(restsOn(sampleVerdict(), ['3 flushes of kernel ranges were left out'])).toEqual([
      'executions: 30,000 executions (12,345,678 steps) of scenario two-mm-switch, sampled by random+pct ' +
        'with seed 1; a sample, not a proof',
      'memory model: x86-TSO, each store buffer draining in steps of its own',
      'hardware: the contract that the kernel itself relies on ("shootdown list assumptions" spells it out)',
      'not modelled: pti, global-pages, nmi-handlers, gup, hugepages, hotplug, migration, secondary-tlbs, ' +
        'keys-and-nx, vendor-differences, kernel-range-broadcasts, nested-guests, compiler',
      'scenario: 3 flushes of kernel ranges were left out',
    ]);
  });
});

describe('the assumptions', () => {
  it('have unique names and one-line summaries', () => {
    expect(new Set(assumptions.map(({ name }) => name)).size).toBe(assumptions.length);
    for (const { summary } of assumptions) expect(summary).toMatch(/^[^\n]{20,200}\.$/);
  });
});
