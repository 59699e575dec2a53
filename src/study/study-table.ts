import type { Verdict } from '../explore/api.js';
import { type Colors, plain } from '../report/colors.js';
import { visible } from '../report/escape.js';
import { countedLines } from '../report/own-counters.js';
import { TABLE_WIDTH } from '../report/table.js';
import { count, groupDigits, pad, textWidth, wrap } from '../report/text-columns.js';
import { worstLatent } from './columns/verdict.js';
import { beneathWords, proofWords } from './exhaustive/proof-words.js';
import { senselessRows } from './senseless-rows.js';
import type { ShippedProofs } from './shipped/shipped-proofs.js';
import type { Column, RowResult, Study, StudyRow } from './study.js';

/**
 * A study's table, printable row by row: a heading per group, two lines of titles. It fits the width, leaving
 * out columns that ask for more.
 */

const GAP = '  ';
const BELOW = '    ';

export class StudyTable {
  private readonly labelWidth: number;
  private readonly columns: readonly Column[];

  constructor(
    private readonly study: Study,
    labels: readonly string[],
    private readonly colors: Colors = plain,
    private readonly width: number = TABLE_WIDTH,
    private readonly proofs: {
      readonly shipped: ShippedProofs;
      readonly isProvedAnew: boolean;
    } | null = null,
  ) {
    this.columns = study.columns.filter(({ jsonOnly, from = 0 }) => jsonOnly !== true && from <= width);
    this.labelWidth = Math.max(study.rowTitle.length, ...labels.map((label) => textWidth(visible(label))));
  }

  /** What the columns say, a line or more each; without a trailing newline. */
  legend(): string {
    const lines = this.columns.flatMap(({ legend }) => (legend === undefined ? [] : [legend]));
    if (this.columns.some(({ compared }) => compared !== undefined)) lines.push(DIFFERENCES);
    if (this.proofs !== null) lines.push(beneathWords(this.proofs.shipped, this.proofs.isProvedAnew));
    return lines.flatMap((line) => wrapped(line, this.width)).join('\n');
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
    return wrap(visible(heading), this.width).map(this.colors.bold).join('\n');
  }

  row(result: RowResult, baseline: RowResult | null): string {
    const { row, verdict } = result;
    const cells = this.columns.map((column) => visible(column.text(result, baseline)));
    const lines = [this.line(visible(row.label), cells)];
    const painted =
      verdict?.violation != null
        ? this.colors.red
        : verdict !== null && verdict.latent.length > 0
          ? this.colors.yellow
          : null;
    if (painted !== null) lines[0] = painted(lines[0]);
    for (const text of this.latentLines(verdict)) lines.push(BELOW + text);
    const known = knownWords(result);
    if (known !== null)
      for (const text of wrap(known, this.width - BELOW.length)) lines.push(BELOW + this.colors.red(text));
    if (verdict?.violation === 'deadlock' || verdict?.violation === 'livelock') {
      for (const text of wrap(visible(verdict.message ?? ''), this.width - BELOW.length))
        lines.push(BELOW + text);
    }
    const { proof } = result;
    if (proof !== null)
      for (const text of wrap(visible(proofWords(proof)), this.width - BELOW.length))
        lines.push(BELOW + text);
    for (const line of verdict === null ? [] : countedLines(verdict))
      for (const text of wrap(visible(line), this.width - BELOW.length)) lines.push(BELOW + text);
    const idle = noEffectWords(result);
    if (idle !== null)
      for (const text of wrap(visible(idle), this.width - BELOW.length))
        lines.push(BELOW + this.colors.yellow(text));
    if (verdict?.interrupted === true) lines.push(`${BELOW}interrupted`);
    return lines.join('\n');
  }

  senseless(rows: readonly StudyRow[]): string[] {
    return senselessRows(rows, this.labelWidth + GAP.length, this.width);
  }

  /** What was proved of a row after the table. */
  proofBelow({ row, proof }: RowResult): string {
    const words = proof === null ? 'nothing' : proofWords(proof);
    return wrapped(visible(`${row.group} ${row.label}: ${words}`), this.width).join('\n');
  }

  /** How often something latent was seen, and what it was at first; a cell has no room for it. */
  private latentLines(verdict: Verdict | null): string[] {
    const worst = verdict?.violation == null ? worstLatent(verdict?.latent ?? []) : undefined;
    if (verdict === null || worst === undefined) return [];
    const { executions, scenario, message } = worst;
    const text =
      `seen in ${groupDigits(executions)} of ${count(verdict.executions, 'execution')}, ` +
      `first in ${scenario}: ${message}`;
    return wrap(visible(text), this.width - BELOW.length);
  }

  private line(label: string, cells: readonly string[]): string {
    const parts = this.columns.map((column, i) => pad(cells[i] ?? '', column.width, column.align));
    return [pad(label, this.labelWidth), ...parts].join(GAP).trimEnd();
  }
}

const DIFFERENCES =
  '(-9 ±2): the difference to the first row in the same executions, with its interval; all intervals of ' +
  'the table hold together with 95 %. none seen: the interval spans 0. A row with a witness is counted in ' +
  'fewer executions: differences compare, not rates';

/** A witness that the package brings is told where this run has none, lest "none" be read as safe. */
function knownWords({ known, verdict }: RowResult): string | null {
  if (known === null || verdict === null || verdict.violation !== null) return null;
  return `known: ${known}, by a witness of the package; this run did not meet it`;
}

/**
 * What must not be overlooked of a row that does what the first row does; null of one that does anything
 * otherwise.
 */
export function noEffectWords({ row, pairs }: RowResult): string | null {
  if (pairs === null || pairs.pairs === 0 || pairs.otherwise > 0) return null;
  return (
    `NO EFFECT: executed what ${row.baseline} executes, step by step, in all of ` +
    `${count(pairs.pairs, 'pair')}`
  );
}

/** Continued lines are indented, so that the beginnings stand out. */
function wrapped(text: string, width: number): string[] {
  return wrap(text, width - 2).map((line, i) => (i === 0 ? line : `  ${line}`));
}
