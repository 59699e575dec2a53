/**
 * Where JSON text is malformed. `JSON.parse` says it in words that differ between versions of Node, and sometimes without a position;
 * a user who has edited or truncated a finding needs the line. Runs only on text that `JSON.parse` has refused.
 */

export interface JsonError {
  /** Offset of the first character that cannot be, or the text's length where it ends too early. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/** What may come next: a value, a value or `]`, a key or `}`, a key, a colon, or a comma or the closing bracket of the innermost container. */
type Expect = 'value' | 'value-or-end' | 'key-or-end' | 'key' | 'colon' | 'comma-or-end';

const EXPECTED: Readonly<Record<Expect, string>> = {
  value: 'a value',
  'value-or-end': 'a value or "]"',
  'key-or-end': 'a "key" in double quotes or "}"',
  key: 'a "key" in double quotes',
  colon: '":"',
  'comma-or-end': '"," or a closing bracket',
};

/** The first place where `text` stops being JSON, or null where it is JSON. */
export function findJsonError(text: string): JsonError | null {
  // A stack of our own: text of millions of opening brackets must not overflow the machine's.
  const open: ('[' | '{')[] = [];
  let expect: Expect = 'value';
  let at = 0;

  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };

  for (;;) {
    match(SPACE);
    const char = text[at];
    if (expect === 'comma-or-end') {
      const container = open.at(-1);
      if (container === undefined) return at === text.length ? null : errorAt(text, at, 'the end of the file');
      if (char === ',') expect = container === '[' ? 'value' : 'key';
      else if (char === (container === '[' ? ']' : '}')) open.pop();
      else return errorAt(text, at, `"," or "${container === '[' ? ']' : '}'}"`);
      at++;
    } else if (expect === 'colon') {
      if (char !== ':') return errorAt(text, at, EXPECTED.colon);
      at++;
      expect = 'value';
    } else if (expect === 'key' || expect === 'key-or-end') {
      if (char === '}' && expect === 'key-or-end') {
        at++;
        open.pop();
        expect = 'comma-or-end';
      } else if (char === '"') {
        const end = skipString(text, at);
        if (typeof end !== 'number') return end;
        at = end;
        expect = 'colon';
      } else return errorAt(text, at, EXPECTED[expect]);
    } else if (char === '[' || char === '{') {
      at++;
      open.push(char);
      expect = char === '[' ? 'value-or-end' : 'key-or-end';
    } else if (char === ']' && expect === 'value-or-end') {
      at++;
      open.pop();
      expect = 'comma-or-end';
    } else if (char === '"') {
      const end = skipString(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      expect = 'comma-or-end';
    } else if (match(NUMBER) || match(LITERAL)) expect = 'comma-or-end';
    else return errorAt(text, at, EXPECTED[expect]);
  }
}

/** The offset after the string that begins at `at`, or what is wrong with it. By hand: a pattern would overflow on a string of megabytes. */
function skipString(text: string, at: number): number | JsonError {
  for (let i = at + 1; i < text.length; ) {
    const char = text[i];
    if (char === '"') return i + 1;
    if (char < ' ') return errorAt(text, i, 'a closing double quote on the same line');
    if (char !== '\\') i++;
    else {
      ESCAPE.lastIndex = i;
      if (!ESCAPE.test(text)) return errorAt(text, i, 'a valid escape such as \\n or \\u0041');
      i = ESCAPE.lastIndex;
    }
  }
  return errorAt(text, text.length, 'a closing double quote');
}

function errorAt(text: string, offset: number, expected: string): JsonError {
  let line = 1;
  let lineStart = 0;
  for (let newline = text.indexOf('\n'); newline !== -1 && newline < offset; newline = text.indexOf('\n', newline + 1)) {
    line++;
    lineStart = newline + 1;
  }
  return { offset, line, column: offset - lineStart + 1, expected };
}
