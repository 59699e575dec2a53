/**
 * Where JSON text is malformed. `JSON.parse` says it in words that differ between versions of Node, and
 * sometimes without a position; a user who has edited or truncated a finding needs the line. Runs only on
 * text that `JSON.parse` has refused and that is within bounds (`json-bounds.ts`).
 */

import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';

export interface JsonError {
  /** Offset of what cannot be, or the text's length where it ends too early. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `expected a value, got "x"`. */
  readonly what: string;
}

/** The first place where `text` stops being JSON, or null where it is JSON. */
export function findJsonError(text: string): JsonError | null {
  let found: JsonError | null = null;
  const onError = (
    code: ParseErrorCode,
    offset: number,
    length: number,
    line: number,
    column: number,
  ): never => {
    found = { offset, line: line + 1, column: column + 1, what: inWords(code, text, offset, length) };
    // A visitor cannot end the visit otherwise: it would go on to the next of a million errors.
    throw STOP;
  };
  try {
    visit(text, { onError }, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  } catch (error) {
    if (error !== STOP) throw error;
  }
  return found;
}

const STOP = new Error('the rest is not looked at');

const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a value or a "key" in double quotes',
  PropertyNameExpected: 'a "key" in double quotes',
  ValueExpected: 'a value',
  ColonExpected: '":"',
  CommaExpected: '"," or a closing bracket',
  CloseBraceExpected: 'a "key" in double quotes, "," or "}"',
  CloseBracketExpected: '"," or "]"',
  EndOfFileExpected: 'the end of the file',
  UnexpectedEndOfString: 'a closing double quote on the same line',
  UnexpectedEndOfNumber: 'a whole number',
  InvalidEscapeCharacter: 'only escapes such as \\n or \\u0041 in a text',
  InvalidUnicode: 'only escapes such as \\n or \\u0041 in a text',
  InvalidCharacter: 'no control character in a text',
};
const SHOWN_UNITS = 20;

function inWords(code: ParseErrorCode, text: string, offset: number, length: number): string {
  const expected = EXPECTED[printParseErrorCode(code)] ?? 'a value';
  if (offset >= text.length) return `expected ${expected}, got the end of the file`;
  const shown = text.slice(offset, offset + Math.min(Math.max(length, 1), SHOWN_UNITS));
  return `expected ${expected}, got ${JSON.stringify(shown)}${length > SHOWN_UNITS ? ' and so on' : ''}`;
}
