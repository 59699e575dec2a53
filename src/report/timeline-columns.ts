/** Which CPUs of a machine get a column of their own, and lines that keep to the columns. */

import type { TraceStep } from '../explain/trace-step.js';
import { pad } from './text-columns.js';

/** A CPU, or the host of all of them. */
export type Column = number | 'host';

/** More columns than four are too narrow to read at 100 characters, and none is readable below a dozen. */
const COLUMNS_MAX = 4;
const COLUMN_WIDTH_MIN = 12;
/** As wide as four columns are at 100 characters: a wider screen may have more of them. */
const COLUMN_WIDTH_GOOD = 20;
const SEPARATOR = ' │ ';

/**
 * All CPUs of a machine of at most `columnsMax`; of a larger one the one of which the cause speaks, those
 * with the most deciding steps, then those with the most steps. In ascending order.
 */
export function chooseColumns(steps: readonly TraceStep[], cpus: number, columnsMax: number): number[] {
  if (cpus <= columnsMax) return Array.from({ length: cpus }, (_, cpu) => cpu);
  const weight = new Map<number, { deciding: number; steps: number }>();
  for (const { cpu, deciding, isCause } of steps) {
    const of = weight.get(cpu) ?? { deciding: 0, steps: 0 };
    const more = isCause === true ? Number.POSITIVE_INFINITY : deciding === null ? 0 : 1;
    weight.set(cpu, { deciding: of.deciding + more, steps: of.steps + 1 });
  }
  const ranked = [...weight].sort(
    ([cpuA, a], [cpuB, b]) => b.deciding - a.deciding || b.steps - a.steps || cpuA - cpuB,
  );
  return ranked
    .slice(0, columnsMax)
    .map(([cpu]) => cpu)
    .sort((a, b) => a - b);
}

export interface GridOptions {
  readonly cpus: number;
  readonly width: number;
  /** The host's moves have a column of their own, where it moves. */
  readonly hostColumn: boolean;
  /** Digits of the greatest step number. */
  readonly numberWidth: number;
}

/** A gutter for step numbers and one column per CPU; lines of text that keep to them. */
export class Grid {
  readonly columns: readonly Column[];
  readonly columnWidth: number;
  /** Marker, a space, the step's number. */
  readonly gutterWidth: number;

  constructor(
    steps: readonly TraceStep[],
    private readonly options: GridOptions,
  ) {
    const { cpus, width } = options;
    this.gutterWidth = 2 + options.numberWidth;
    const room = width - this.gutterWidth;
    const columnsOf = (columnWidth: number): number => Math.floor(room / (columnWidth + SEPARATOR.length));
    // A CPU whose step decides has a column, as long as one can be read.
    const deciding = new Set(steps.flatMap((step) => (step.deciding === null ? [] : [step.cpu])));
    const columnsMax = Math.max(
      1,
      Math.min(Math.max(COLUMNS_MAX, deciding.size), columnsOf(COLUMN_WIDTH_MIN)),
      columnsOf(COLUMN_WIDTH_GOOD),
    );
    const hasHost = options.hostColumn && columnsMax > 1 && steps.some(({ agent }) => agent === 'host');
    const own = hasHost ? steps.filter(({ agent }) => agent !== 'host') : steps;
    const chosen = chooseColumns(own, cpus, hasHost ? columnsMax - 1 : columnsMax);
    // A CPU whose steps are all left out would waste the width that the others need; two columns are always
    // wide enough.
    const isMoving = (cpu: number) => own.some((step) => step.cpu === cpu);
    const shown = chosen.length <= 2 || steps.length === 0 ? chosen : chosen.filter(isMoving);
    this.columns = hasHost ? [...shown, 'host'] : shown;
    const free = room - SEPARATOR.length * this.columns.length;
    this.columnWidth = Math.max(8, Math.floor(free / Math.max(1, this.columns.length)));
  }

  /** Where a step is drawn: the column may be none of this grid's. */
  columnOf(step: TraceStep): Column {
    return step.agent === 'host' && this.columns.includes('host') ? 'host' : step.cpu;
  }

  has(column: Column): boolean {
    return this.columns.includes(column);
  }

  /** Characters of a line in the column, or across all columns where it has none. */
  room(column: Column): number {
    return this.has(column) ? this.columnWidth : this.acrossWidth;
  }

  /** Characters of a line across all columns. */
  get acrossWidth(): number {
    return this.options.width - this.gutterWidth - SEPARATOR.length;
  }

  /** The names of the columns. */
  header(paint: (text: string) => string): string {
    const names = this.columns.map((column): [Column, string] => [
      column,
      column === 'host' ? 'host' : `CPU${column}`,
    ]);
    return this.row(`  ${pad('step', this.options.numberWidth, 'right')}`, new Map(names), paint);
  }

  /** One line with `text` in the column, or across all columns where it has none. */
  line(gutter: string, column: Column, text: string, paint: (text: string) => string): string {
    return this.has(column)
      ? this.row(gutter, new Map([[column, text]]), paint)
      : this.across(gutter, text, paint);
  }

  across(gutter: string, text: string, paint: (text: string) => string): string {
    return `${gutter}${SEPARATOR}${paint(text)}`.trimEnd();
  }

  private row(gutter: string, cells: ReadonlyMap<Column, string>, paint: (text: string) => string): string {
    const drawn = this.columns.map((column) => {
      const text = pad(cells.get(column) ?? '', this.columnWidth);
      return text.trim() === '' ? text : paint(text.trimEnd()) + text.slice(text.trimEnd().length);
    });
    return `${gutter}${SEPARATOR}${drawn.join(SEPARATOR)}`.trimEnd();
  }
}
