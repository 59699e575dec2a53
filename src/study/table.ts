import type { Verdict } from '../explore/api.js';
import { type Colors, plain } from '../report/colors.js';
import { visible } from '../report/escape.js';
import { count, groupDigits, pad, textWidth, wrap } from '../report/layout.js';
import { TABLE_WIDTH } from '../report/table.js';
import { worstLatent } from './columns/verdict.js';
import type { Column, RowResult, Study } from './study.js';

/** How often something latent was seen, and what it was at first; a cell has no room for it. */
function latentLines(verdict: Verdict | null): string[] {
  const worst = verdict?.violation == null ? worstLatent(verdict?.latent ?? []) : undefined;
  if (verdict === null || worst === undefined) return [];
  const { executions, scenario, message } = worst;
  const text = `in ${groupDigits(executions)} of ${count(verdict.executions, 'execution')}, first in ${scenario}: ${message}`;
  return wrap(visible(text), TABLE_WIDTH - BELOW.length);
}

/** A study's table, printable row by row: a heading per group, two lines of titles, long cells of the last column below their row. */

const GAP = '  ';
const BELOW = '    ';

export class StudyTable {
  private readonly labelWidth: number;
  private readonly columns: readonly Column[];

  constructor(
    private readonly study: Study,
    labels: readonly string[],
    private readonly colors: Colors = plain,
  ) {
    this.columns = study.columns.filter(({ jsonOnly }) => jsonOnly !== true);
    this.labelWidth = Math.max(study.rowTitle.length, ...labels.map((label) => textWidth(visible(label))));
  }

  header(): string {
    const titles = this.columns.map(({ title }) => (title.length === 2 ? title : ['', title[0]]));
    return [0, 1]
      .map((line) =>
        this.colors.bold(
          this.line(
            line === 0 ? '' : this.study.rowTitle,
            titles.map((title) => title[line]),
          ),
        ),
      )
      .join('\n');
  }

  group(name: string): string {
    const heading = this.study.groups.find((group) => group.name === name)?.heading ?? name;
    return wrap(visible(heading), TABLE_WIDTH).map(this.colors.bold).join('\n');
  }

  row(result: RowResult, baseline: RowResult | null): string {
    const { row, verdict } = result;
    if (row.senseless !== undefined) return `${pad(visible(row.label), this.labelWidth)}${GAP}makes no sense: ${visible(row.senseless)}`;
    const cells = this.columns.map((column) => visible(column.text(result, baseline)));
    const last = cells.at(-1) ?? '';
    const short = this.line(visible(row.label), cells);
    const fits = textWidth(short) <= TABLE_WIDTH || textWidth(last) <= (this.columns.at(-1)?.width ?? 0);
    const lines = fits ? [short] : [this.line(visible(row.label), [...cells.slice(0, -1), '']), BELOW + last];
    const painted =
      verdict?.violation != null ? this.colors.red : verdict !== null && verdict.latent.length > 0 ? this.colors.yellow : null;
    if (painted !== null) lines[0] = painted(lines[0]);
    for (const text of latentLines(verdict)) lines.push(BELOW + text);
    if (verdict?.violation === 'deadlock' || verdict?.violation === 'livelock') {
      for (const text of wrap(visible(verdict.message ?? ''), TABLE_WIDTH - BELOW.length)) lines.push(BELOW + text);
    }
    if (verdict?.interrupted === true) lines.push(`${BELOW}interrupted`);
    return lines.join('\n');
  }

  private line(label: string, cells: readonly string[]): string {
    const parts = this.columns.map((column, i) => pad(cells[i] ?? '', column.width, column.align));
    return [pad(label, this.labelWidth), ...parts].join(GAP).trimEnd();
  }
}
