/** Rows of a table under the headings of their groups; those that make no sense at the end of each. */

import type { StudyRow } from '../../../study/study.js';

interface GroupedTable {
  group(name: string): string;
  senseless(rows: readonly StudyRow[]): readonly string[];
}

export class GroupedRows {
  private group: string | null = null;
  private senseless: StudyRow[] = [];

  constructor(
    private readonly table: GroupedTable,
    private readonly say: (text: string) => void,
  ) {}

  /** `text`: of a row that makes sense. */
  add(row: StudyRow, text: () => string): void {
    if (row.group !== this.group) {
      this.end();
      this.say(this.table.group(row.group));
    }
    this.group = row.group;
    if (row.senseless === undefined) this.say(text());
    else this.senseless.push(row);
  }

  /** There are no more rows. */
  end(): void {
    for (const text of this.table.senseless(this.senseless)) this.say(text);
    this.senseless = [];
  }
}
