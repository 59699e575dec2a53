/** Text on its way into a job summary, which is Markdown with HTML in it. */

import { visible } from '../escape.js';

/** Shows `text` as it is, on one line, in a paragraph or a table's cell. */
export function markdownText(text: string): string {
  return visible(text).replace(/[^\p{L}\p{N} .,;/()=+'-]/gu, (char) => `&#${char.codePointAt(0)};`);
}

/** A block of text as it is; its fence is longer than any in it. */
export function markdownCode(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
