import type { ResultRow, ResultsDocument } from '../../src/report/page/document.js';

/** Charts, drawn of nothing but what `results.json` has. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** As it is written beside the bar. */
  readonly text: string;
  /** Index of the row's witness, or null. */
  readonly witness: number | null;
}

export interface BarGroup {
  /** Empty: there is one group. */
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Chart {
  readonly title: string;
  readonly groups: readonly BarGroup[];
  /** The longest bar's value. */
  readonly most: number;
}

/** What a bar alone says, a table says as well. */
const BARS_MIN = 2;

export function chartsOf({ rows }: Pick<ResultsDocument, 'rows'>): Chart[] {
  const met = rows.filter((row) => row.witness !== null && row.executions !== null && row.strategy !== null);
  const keys = [
    ...new Map(rows.flatMap(({ measures = [] }) => measures.map(({ key, title }) => [key, title]))),
  ];
  return [
    chart('Executions to the first witness, by the strategy that met it', met, (row) => ({
      group: row.strategy ?? '',
      value: row.executions,
    })),
    ...keys.map(([key, title]) =>
      chart(title, rows, (row) => ({
        group: row.group ?? '',
        value: row.measures?.find((measure) => measure.key === key)?.value ?? null,
      })),
    ),
  ].filter(({ groups }) => groups.reduce((sum, { bars }) => sum + bars.length, 0) >= BARS_MIN);
}

function chart(
  title: string,
  rows: readonly ResultRow[],
  of: (row: ResultRow) => { readonly group: string; readonly value: number | null },
): Chart {
  const groups = new Map<string, Bar[]>();
  for (const row of rows) {
    const { group, value } = of(row);
    if (value === null) continue;
    const bars = groups.get(group) ?? [];
    groups.set(group, bars);
    bars.push({ label: row.label ?? row.subject, value, text: rounded(value), witness: row.witness });
  }
  const all = [...groups].map(([name, bars]) => ({ title: name, bars }));
  const values = all.flatMap(({ bars }) => bars.map(({ value }) => value));
  return { title, groups: all, most: Math.max(0, ...values) };
}

function rounded(value: number): string {
  return value < 1_000
    ? value.toLocaleString('en', { maximumSignificantDigits: 3 })
    : Math.round(value).toLocaleString('en');
}
