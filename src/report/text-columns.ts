import stringWidth from 'string-width';

/**
 * Fitting text into columns, as a terminal shows it: a wide character takes two of them, a mark on a letter
 * none. Callers escape and lay out first, and paint last.
 */

const ASCII = /^[ -~]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that the text takes. */
export function textWidth(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** What a reader takes for one character, each with its columns. */
function charsOf(text: string): { readonly char: string; readonly width: number }[] {
  if (ASCII.test(text)) return Array.from(text, (char) => ({ char, width: 1 }));
  return Array.from(graphemes.segment(text), ({ segment }) => ({ char: segment, width: textWidth(segment) }));
}

/** How many of the characters from a place on fit into so many columns; at least one. */
function fitting(chars: readonly { readonly width: number }[], from: number, columns: number): number {
  let end = from;
  for (let width = 0; end < chars.length; end++) {
    width += chars[end].width;
    if (width > columns) break;
  }
  return Math.max(1, end - from);
}

export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** At most `width` columns; a shortened text ends in an ellipsis. */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const chars = charsOf(text);
  const end = width < 2 ? 0 : fitting(chars, 0, width - 1);
  // A wide first character beside the ellipsis would be too much.
  const kept = chars.slice(0, end).filter(({ width: own }) => own < width);
  return `${textOf(kept).trimEnd()}…`;
}

function textOf(chars: readonly { readonly char: string }[]): string {
  return chars.map(({ char }) => char).join('');
}

/** Where a word that is too long for a line is broken best: `flush_info.` `initiating_cpu`. */
const SEAMS = /[=._(\]/-]/;

/**
 * Lines of at most `width` columns (a wide character alone may be wider), broken at spaces where possible;
 * with `seams` a word that is too long at those. Never empty.
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
    const chars = charsOf(line);
    let from = 0;
    for (let fit = fitting(chars, from, room); from + fit < chars.length; fit = fitting(chars, from, room)) {
      const part = chars.slice(from, from + fit);
      const seam = seams ? part.findLastIndex(({ char }) => SEAMS.test(char)) + 1 : 0;
      // A seam near the beginning would waste the line.
      const end = from + (seam * 2 > room ? seam : fit);
      lines.push(textOf(chars.slice(from, end)));
      from = end;
    }
    line = textOf(chars.slice(from));
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
