import { describe, expect, it } from 'vitest';
import { linesOf } from '../../src/trace/text-lines.js';

const MAX = 10;
const TEXT = '\ufeffone\r\n\ntwo\nthree\r\nfour\n\n5 and 6\r';
const inPieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));

describe('text in pieces', () => {
  it('has the same lines wherever it is cut', () => {
    const lines = ['one', '', 'two', 'three', 'four', ''].map((line) => [line, true]);
    for (let size = 1; size <= TEXT.length; size++)
      expect([size, ...linesOf(inPieces(TEXT, size), MAX)]).toEqual([size, ...lines, ['5 and 6', false]]);
  });

  it('is no line where it has none', () => {
    expect([...linesOf([], MAX)]).toEqual([]);
    expect([...linesOf(['', 'a\n', ''], MAX)]).toEqual([['a', true]]);
  });

  it('is not kept as one line, which is known to be too long before it has an end', () => {
    const read: number[] = [];
    function* endless(): Generator<string> {
      for (let n = 0; ; n++) {
        read.push(n);
        yield 'xxxx';
      }
    }
    for (const [line, ended] of linesOf(endless(), MAX)) {
      expect([line, ended]).toEqual(['x'.repeat(MAX + 1), false]);
      if (read.length > 1_000) break;
    }
    expect(read.length).toBe(1_001);
  });
});
