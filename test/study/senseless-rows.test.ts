import { describe, expect, it } from 'vitest';
import { GroupedRows } from '../../src/cli/commands/study/grouped-rows.js';
import { senselessRows } from '../../src/study/senseless-rows.js';
import type { StudyRow } from '../../src/study/study.js';

const row = (label: string, senseless?: string, group = 'native'): StudyRow => ({
  ...{ group, label, variant: `${group}/${label}`, baseline: null },
  ...(senseless === undefined ? {} : { senseless }),
});

describe('rows that make no sense', () => {
  it('are told together where the reason is the same', () => {
    const rows = [row('v2', 'nobody asks'), row('v14', 'no such byte'), row('v3', 'nobody asks')];
    expect(senselessRows(rows, 6, 30)).toEqual([
      'v2, v3\n      make no sense: nobody\n      asks',
      'v14   makes no sense: no such\n      byte',
    ]);
    expect(senselessRows([], 6, 30)).toEqual([]);
  });

  it('stand at the end of their group, and of the table', () => {
    const said: string[] = [];
    const table = {
      group: (name: string) => `${name}:`,
      senseless: (rows: readonly StudyRow[]) => rows.map(({ label }) => `- ${label}`),
    };
    const grouped = new GroupedRows(table, (text) => said.push(text));
    for (const one of [row('v2', 'x'), row('v4'), row('v0', undefined, 'kvm'), row('v14', 'y', 'kvm')])
      grouped.add(one, () => one.label);
    grouped.end();
    grouped.end();
    expect(said).toEqual(['native:', 'v4', '- v2', 'kvm:', 'v0', '- v14']);
  });
});
