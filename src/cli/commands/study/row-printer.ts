/** The rows of a study's table, each as soon as it is known. */

import type { ShippedProofs } from '../../../study/shipped/shipped-proofs.js';
import { baselineOf, type RowResult, type Study } from '../../../study/study.js';
import { StudyTable } from '../../../study/study-table.js';
import { type CliContext, outColors, screenWidth } from '../../command-context.js';
import { printLine } from '../../io.js';
import { GroupedRows } from './grouped-rows.js';

interface Printed {
  readonly chosen: Study;
  readonly rows: Study['rows'];
  /** What the package says of rows; null where it may not. */
  readonly shipped: ShippedProofs | null;
}

export class RowPrinter {
  readonly results: RowResult[] = [];
  private readonly table: StudyTable;
  private readonly grouped: GroupedRows;
  private hasProofs = false;

  constructor(
    private readonly context: CliContext,
    { chosen, rows, shipped }: Printed,
    private readonly how: { readonly isSilent: boolean; readonly isProvedAnew: boolean },
  ) {
    const labels = rows.map(({ label }) => label);
    const proofs = shipped === null ? null : { shipped, isProvedAnew: how.isProvedAnew };
    this.table = new StudyTable(chosen, labels, outColors(context), screenWidth(context.io), proofs);
    this.grouped = new GroupedRows(this.table, (text) => this.print(text));
    const legend = this.table.legend();
    if (legend !== '') this.print(`\n${legend}`);
    this.print(`\n${this.table.header()}`);
  }

  add(result: RowResult): void {
    const { results, table } = this;
    results.push(result);
    this.grouped.add(result.row, () => table.row(result, baselineOf(result, results)));
  }

  /** There are no more rows. */
  end(): void {
    this.grouped.end();
  }

  /** More is known of a row. */
  proved(result: RowResult): void {
    const { results, table } = this;
    this.end();
    results[results.findIndex(({ row }) => row === result.row)] = result;
    if (!this.hasProofs) this.print('\nproved in this run');
    this.hasProofs = true;
    this.print(table.proofBelow(result));
  }

  private print(text: string): void {
    if (!this.how.isSilent) printLine(this.context.io.stdout, text);
  }
}
