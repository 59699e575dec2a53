/** Bytes that a terminal sends for keys, as what the reader wants. */

export type Move =
  | 'next'
  | 'previous'
  | 'nextDeciding'
  | 'previousDeciding'
  | 'pageDown'
  | 'pageUp'
  | 'first'
  | 'last'
  | 'quit';

const MOVES: Readonly<Record<string, Move>> = {
  j: 'next',
  k: 'previous',
  '\r': 'next',
  '\n': 'next',
  '\u001b[B': 'next',
  '\u001b[A': 'previous',
  '\u001b[C': 'next',
  '\u001b[D': 'previous',
  n: 'nextDeciding',
  p: 'previousDeciding',
  ' ': 'pageDown',
  f: 'pageDown',
  b: 'pageUp',
  '\u001b[6~': 'pageDown',
  '\u001b[5~': 'pageUp',
  g: 'first',
  G: 'last',
  '\u001b[H': 'first',
  '\u001b[F': 'last',
  '\u001b[1~': 'first',
  '\u001b[4~': 'last',
  q: 'quit',
  Q: 'quit',
  // Ctrl-C and Ctrl-D: a terminal that is read key by key sends no signals for them.
  '\u0003': 'quit',
  '\u0004': 'quit',
};

/**
 * An escape sequence of a key, in its two forms (`ESC [ ... letter` and `ESC O letter`), or one character.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
const KEY = /\u001b\[[0-9;]*[A-Za-z~]|\u001bO[A-Za-z]|[\s\S]/gu;

/**
 * What the keys mean, in their order; those that mean nothing are left out. Several may come at once where
 * one is held down.
 */
export function movesOf(input: string): Move[] {
  return (input.match(KEY) ?? []).flatMap((key) => {
    const move = MOVES[key.startsWith('\u001bO') ? `\u001b[${key.slice(2)}` : key];
    return move === undefined ? [] : [move];
  });
}
