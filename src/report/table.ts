/**
 * Plain tables: aligned columns, two spaces between them, no lines drawn. The last column takes the width
 * that is left and wraps under itself, so that prose never exceeds the width, and `grep` and `awk` still find
 * their way.
 */

import { type Colors, plain } from './colors.js';
import { pad, shorten, textWidth, wrap } from './text-columns.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** At least this wide (default: the title). */
  readonly width?: number;
  /** Longer cells are shortened; not for the last column. */
  readonly widthMax?: number;
}

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export const TABLE_WIDTH = 100;
const GAP = '  ';
const LAST_WIDTH_MIN = 16;
/** Indentation of a last cell that stands below its row. */
const BELOW = '    ';

/**
 * A table whose column widths are fixed before its rows are known, so that rows can be printed one by one.
 */
export class TableLayout {
  private readonly widths: readonly number[];

  constructor(
    private readonly columns: readonly Column[],
    private readonly width: number = TABLE_WIDTH,
  ) {
    this.widths = columns.map((column) =>
      Math.min(
        column.widthMax ?? Number.POSITIVE_INFINITY,
        Math.max(column.width ?? 0, textWidth(column.title)),
      ),
    );
  }

  header(colors: Colors = plain): string {
    return this.row(this.columns.map(({ title }) => ({ text: title, paint: colors.bold })));
  }

  /** One row, of several lines where the last cell wraps; without a trailing newline. */
  row(cells: readonly (string | Cell)[]): string {
    const last = this.columns.length - 1;
    let head = '';
    let headWidth = 0;
    for (const [index, column] of this.columns.slice(0, last).entries()) {
      const cell = asCell(cells[index]);
      // A cell wider than foreseen pushes its row out rather than losing what it says, up to the column's
      // limit.
      const text = pad(
        column.widthMax === undefined ? cell.text : shorten(cell.text, column.widthMax),
        this.widths[index],
        column.align,
      );
      head += paint(cell, text) + GAP;
      headWidth += textWidth(text) + GAP.length;
    }
    return this.withLast(head, headWidth, asCell(cells[last]));
  }

  /**
   * Beside the other cells, wrapped there if it is prose; below them if it is one long word (a path must stay
   * in one piece to be copied).
   */
  private withLast(head: string, headWidth: number, cell: Cell): string {
    const room = this.width - headWidth;
    if (textWidth(cell.text) <= room) return (head + paint(cell, cell.text)).trimEnd();
    if (!cell.text.includes(' ')) return `${head.trimEnd()}\n${BELOW}${paint(cell, cell.text)}`;
    const isBeside = room >= LAST_WIDTH_MIN;
    const indent = isBeside ? ' '.repeat(headWidth) : BELOW;
    const lines = wrap(cell.text, this.width - indent.length).map((line) => indent + paint(cell, line));
    return isBeside ? head + lines.join('\n').slice(headWidth) : [head.trimEnd(), ...lines].join('\n');
  }
}

/** A whole table at once: every column but the last is as wide as its widest cell. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | Cell)[])[],
  options: { readonly width?: number; readonly colors?: Colors } = {},
): string {
  const measured = columns.map((column, index) => ({
    ...column,
    width: Math.max(column.width ?? 0, ...rows.map((row) => textWidth(asCell(row[index]).text))),
  }));
  const layout = new TableLayout(measured, options.width);
  return [layout.header(options.colors), ...rows.map((row) => layout.row(row))].join('\n');
}

function asCell(cell: string | Cell | undefined): Cell {
  return typeof cell === 'object' ? cell : { text: cell ?? '' };
}

function paint(cell: Cell, text: string): string {
  return cell.paint === undefined || text === '' ? text : cell.paint(text);
}
