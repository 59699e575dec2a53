import { describe, expect, it } from 'vitest';
import { keysOf, moveOf } from '../../../src/report/viewer/keys.js';

const movesOf = (input: string) => keysOf(input).flatMap((key) => moveOf(key) ?? []);

describe('keys', () => {
  it.each([
    ['j', 'next'],
    ['\u001b[B', 'next'],
    ['\u001bOB', 'next'],
    ['\r', 'next'],
    ['k', 'previous'],
    ['\u001b[A', 'previous'],
    ['n', 'nextDeciding'],
    ['p', 'previousDeciding'],
    [' ', 'pageDown'],
    ['\u001b[6~', 'pageDown'],
    ['b', 'pageUp'],
    ['\u001b[5~', 'pageUp'],
    ['g', 'first'],
    ['\u001b[H', 'first'],
    ['G', 'last'],
    ['\u001bOF', 'last'],
    ['q', 'quit'],
    ['\u0003', 'quit'],
  ])('%j is %s', (input, move) => {
    expect(movesOf(input)).toEqual([move]);
  });

  it('takes several that come at once, in their order', () => {
    expect(movesOf('jj\u001b[Akq')).toEqual(['next', 'next', 'previous', 'previous', 'quit']);
  });

  it.each(['x', '\u001b', '\u001b[1;5Z', '\u001b[200~', '\u{1f600}', ''])('finds nothing in %j', (input) => {
    expect(movesOf(input)).toEqual([]);
  });
});
