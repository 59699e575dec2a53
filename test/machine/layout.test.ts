import { describe, expect, it } from 'vitest';
import { Layout } from '../../src/machine/layout.js';

describe('the layout', () => {
  it('hands out consecutive words and aligns pairs', () => {
    const layout = new Layout();
    expect(layout.alloc('a')).toBe(0);
    expect(layout.alloc('pair', 2, 'number', 2)).toBe(2);
    expect(layout.alloc('b', 3)).toBe(4);
    expect(layout.alloc('next pair', 2, 'number', 2)).toBe(8);
    expect(layout.size).toBe(10);
  });

  it('names words, with an index in regions of several', () => {
    const layout = new Layout();
    layout.alloc('a');
    layout.alloc('b', 3, 'mask');
    layout.alloc('pair', 2, 'number', 2);
    expect([0, 1, 3, 4, 5].map((address) => layout.nameOf(address))).toEqual([
      'a',
      'b[0]',
      'b[2]',
      'pair[0]',
      'pair[1]',
    ]);
    expect(layout.regionOf(2)).toEqual({ name: 'b', base: 1, words: 3, format: 'mask' });
  });

  it('has no name for a gap or for what is outside', () => {
    const layout = new Layout();
    layout.alloc('a');
    layout.alloc('pair', 2, 'number', 2);
    expect(layout.nameOf(1)).toBe('word 1');
    expect(layout.nameOf(99)).toBe('word 99');
    expect(layout.regionOf(-1)).toBeUndefined();
  });
});
