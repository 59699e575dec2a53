/**
 * The one error that reading, parsing or importing a recording throws, and the quoting of text that came from
 * a file.
 */
import { InputError } from '../vocabulary/errors.js';
import { UNPRINTABLE } from '../vocabulary/unprintable.js';

/** Longest piece of a file that a message quotes, in characters. */
const QUOTE_LIMIT = 60;

/** `text` with everything unprintable written as `\xNN` or `\u{N}`; of any length. */
export function escapeText(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** A piece of a file for a message: escaped, in double quotes, cut after {@link QUOTE_LIMIT} characters. */
export function quote(text: string): string {
  const cut = text.length > QUOTE_LIMIT;
  return `"${escapeText(cut ? text.slice(0, QUOTE_LIMIT) : text)}${cut ? '..."' : '"'}`;
}

/**
 * A recording that cannot be used. The message is one line, `FILE:LINE: what was found; expected what`,
 * complete without a stack; `line` is 1-based, or null where no line is to blame (then the message has no
 * `:LINE`).
 */
export class TraceError extends InputError {
  override readonly name = 'TraceError';

  constructor(
    readonly file: string,
    readonly line: number | null,
    what: string,
    expected: string | null = null,
  ) {
    const shown = escapeText(file);
    super(line === null ? `${shown}: ${what}` : what, expected, line === null ? null : { file: shown, line });
  }
}
