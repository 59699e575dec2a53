import { pad, shorten } from '../text-columns.js';

/** The keys of the viewer, in words. */

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['j, down, Enter', 'the next step'],
  ['k, up', 'the step before'],
  ['n', 'the next step that decides'],
  ['p', 'the one before that decides'],
  ['space, f, PgDn', 'a screen on'],
  ['b, PgUp', 'a screen back'],
  ['g, Home', 'the first step'],
  ['G, End', 'the last step'],
  ['/', 'look for a text: in steps, functions, reasons, CPU0'],
  ['N', 'the next step that has it'],
  ['P', 'the one before that has it'],
  ['?, h', 'this, and back'],
  ['q, Ctrl-C', 'quit'],
];
const KEYS_WIDTH = 16;

/** A screen of them, each line of at most `columns` columns. */
export function helpLines(columns: number): string[] {
  const lines = KEYS.map(([keys, what]) => `  ${pad(keys, KEYS_WIDTH)}${what}`);
  return ['Keys', ...lines, 'Any of them goes back to the timeline.'].map((line) => shorten(line, columns));
}
