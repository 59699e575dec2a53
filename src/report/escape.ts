/**
 * Text from files, recordings and users' modules on its way to a terminal. Control characters could move the
 * cursor, recolour, retitle or reverse what is printed around them, so each is shown as an escape. What we
 * paint ourselves is painted after this.
 */

import { UNPRINTABLE } from '../vocabulary/unprintable.js';

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` on one line, with everything unprintable visible: `\n`, `\x1b`, `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, escapeOf);
}

/** One unprintable character, visible. */
export function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return SHORT_ESCAPES[char] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`);
}
