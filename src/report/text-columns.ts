/**
 * Fitting text into columns. Widths count characters (code points); callers escape and lay out first, and
 * paint last.
 */

export function textWidth(text: string): number {
  let width = 0;
  for (const _ of text) width++;
  return width;
}

export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** At most `width` characters; a shortened text ends in an ellipsis. */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return `${[...text]
    .slice(0, Math.max(0, width - 1))
    .join('')
    .trimEnd()}…`;
}

/** Where a word that is too long for a line is broken best: `flush_info.` `initiating_cpu`. */
const SEAMS = /[=._(\]/-]/;

/**
 * Lines of at most `width` characters, broken at spaces where possible; with `seams` a word that is too long
 * at those. Never empty.
 */
export function wrap(text: string, width: number, seams = false): string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > room) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    if (textWidth(line) <= room) continue;
    // Its characters once: again for every line, they would be looked at as often as it has lines.
    const chars = [...line];
    let from = 0;
    while (chars.length - from > room) {
      const seam = seams ? chars.slice(from, from + room).findLastIndex((char) => SEAMS.test(char)) + 1 : 0;
      // A seam near the beginning would waste the line.
      const end = from + (seam * 2 > room ? seam : room);
      lines.push(chars.slice(from, end).join(''));
      from = end;
    }
    line = chars.slice(from).join('');
  }
  lines.push(line);
  return lines;
}

/** `1234567` as `1,234,567`, whatever the locale. */
export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 step`, `2 steps`; an irregular plural is given. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${groupDigits(value)} ${value === 1 ? noun : plural}`;
}
