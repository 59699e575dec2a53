/**
 * Whether JSON text is of a size in every respect that a value may be made of it. `JSON.parse` makes
 * gigabytes of empty arrays out of a few megabytes of brackets, so the text is looked through first. What it
 * is besides, and whether it is JSON at all, is not asked here.
 */

/** What no file of ours comes near: the deepest have six levels, the longest some 100,000 values. */
const DEPTH_MAX = 32;
const VALUES_MAX = 1_500_000;
const MEMBERS_MAX = 1_000;
const STRING_UNITS_MAX = 1_000_000;
const BLANKS_MAX = 4_000_000;

export interface OutOfBounds {
  readonly offset: number;
  readonly what: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/** The first place where there is too much of something, or null. One pass over the text, and no memory. */
export function outOfBounds(text: string): OutOfBounds | null {
  /** By depth: members of the object so far, or -1 in an array. */
  const members = new Int32Array(DEPTH_MAX + 1).fill(-1);
  let depth = 0;
  let values = 0;
  let blanks = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      const end = stringEnd(text, at);
      if (end - at > STRING_UNITS_MAX)
        return { offset: at, what: `a text of more than ${STRING_UNITS_MAX} characters` };
      at = end;
    } else if (unit <= SPACE) {
      if (++blanks > BLANKS_MAX) return { offset: at, what: `more than ${BLANKS_MAX} blanks` };
    } else if (unit === OPEN_ARRAY || unit === OPEN_OBJECT) {
      if (++depth > DEPTH_MAX) return { offset: at, what: `nested more than ${DEPTH_MAX} deep` };
      members[depth] = unit === OPEN_OBJECT ? 1 : -1;
      values++;
    } else if (unit === CLOSE_ARRAY || unit === CLOSE_OBJECT) depth = Math.max(0, depth - 1);
    else if (unit === COMMA) {
      values++;
      if (members[depth] >= 0 && ++members[depth] > MEMBERS_MAX)
        return { offset: at, what: `an object of more than ${MEMBERS_MAX} fields` };
    }
    if (values > VALUES_MAX) return { offset: at, what: `more than ${VALUES_MAX} values` };
  }
  return null;
}

/** The offset of the quote that ends the string which begins at `start`, or the text's length. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at;
    if (unit === BACKSLASH) at++;
  }
  return text.length;
}

/** Line and column, from 1, of an offset. */
export function lineAndColumn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  let line = 1;
  let from = 0;
  for (
    let newline = text.indexOf('\n');
    newline !== -1 && newline < offset;
    newline = text.indexOf('\n', from)
  ) {
    line++;
    from = newline + 1;
  }
  return { line, column: offset - from + 1 };
}
