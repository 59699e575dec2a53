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
  | 'help'
  | 'search'
  | 'nextFound'
  | 'previousFound'
  | 'quit';

/** What a key does to a text that is being typed. */
export type Typed = { readonly char: string } | 'erase' | 'enter' | 'leave';

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
  '?': 'help',
  h: 'help',
  '/': 'search',
  N: 'nextFound',
  P: 'previousFound',
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
 * The keys of an input, each as the terminal sends it. Several may come at once where one is held down.
 */
export function keysOf(input: string): readonly string[] {
  return input.match(KEY) ?? [];
}

/** What the key means; undefined: nothing. */
export function moveOf(key: string): Move | undefined {
  return MOVES[key.startsWith('\u001bO') ? `\u001b[${key.slice(2)}` : key];
}

/** What the key is to a text that is being typed; undefined: nothing. */
export function typedOf(key: string): Typed | undefined {
  if (key === '\r' || key === '\n') return 'enter';
  if (key === '\u007f' || key === '\b') return 'erase';
  if (key === '\u001b' || key === '\u0003' || key === '\u0004') return 'leave';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters
  return /^[\u0000-\u001f]/.test(key) ? undefined : { char: key };
}
