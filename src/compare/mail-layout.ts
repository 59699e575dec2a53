import { visible } from '../report/escape.js';
import { pad, textWidth, wrap } from '../report/text-columns.js';

/** Laying out what a mail carries. */

/** Columns that survive being quoted once. */
export const MAIL_WIDTH = 78;
const GAP = '  ';

export function wrapped(text: string): string[] {
  return wrap(visible(text), MAIL_WIDTH);
}

/** Continued lines stand under the text, not under its label. */
export function hanging(label: string, text: string): string[] {
  const indent = ' '.repeat(label.length);
  return wrap(visible(text), MAIL_WIDTH - label.length).map((line, i) => (i === 0 ? label : indent) + line);
}

/**
 * A table whose first row is its titles: the first and the last column stand left, figures right. A row too
 * wide has its title on a line of its own.
 */
export function mailTable(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(visible));
  const columns = cells[0]?.map((_, column) => Math.max(...cells.map((row) => textWidth(row[column])))) ?? [];
  const last = columns.length - 1;
  const total = columns.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  const below = total > MAIL_WIDTH;
  const figures = (row: readonly string[]): string =>
    row
      .slice(1)
      .map((cell, i) => (i + 1 === last ? cell : pad(cell, columns[i + 1], 'right')))
      .join(GAP)
      .trimEnd();
  if (!below) return cells.map((row) => `${pad(row[0], columns[0])}${GAP}${figures(row)}`.trimEnd());
  return cells.flatMap((row) => [...(row[0] === '' ? [] : [row[0]]), `    ${figures(row)}`]);
}
