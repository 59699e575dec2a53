import { describe, expect, it } from 'vitest';
import { colorsFor } from '../../src/report/colors.js';
import { visible } from '../../src/report/escape.js';
import { count, groupDigits, pad, shorten, wrap } from '../../src/report/text-columns.js';

describe('layout', () => {
  it('groups digits', () => {
    expect([0, 999, 1000, 1234567].map(groupDigits)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  it('counts', () => {
    expect([count(1, 'step'), count(2000, 'step'), count(2, 'entry', 'entries')]).toEqual([
      '1 step',
      '2,000 steps',
      '2 entries',
    ]);
  });

  it('pads and shortens by columns of a terminal', () => {
    expect(pad('€😀', 5)).toBe('€😀  ');
    expect(pad('a', 3, 'right')).toBe('  a');
    expect(pad('語', 3)).toBe('語 ');
    // One letter of two code points, and one of seven, two columns wide.
    expect(pad('e\u0301', 2)).toBe('e\u0301 ');
    expect(pad('👨‍👩‍👧', 3)).toBe('👨‍👩‍👧 ');
    expect(shorten('😀😀😀😀', 6)).toBe('😀😀…');
    expect(shorten('😀😀😀😀', 3)).toBe('😀…');
    expect(shorten('語語', 2)).toBe('…');
    expect(shorten('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
    expect(shorten('ab cd', 4)).toBe('ab…');
    expect(shorten('abc', 3)).toBe('abc');
    expect(shorten('abc', 0)).toBe('…');
  });

  it('wraps wide characters by their columns', () => {
    expect(wrap('語語語語 a', 5)).toEqual(['語語', '語語', 'a']);
    expect(wrap('語語', 1)).toEqual(['語', '語']);
    expect(wrap('e\u0301e\u0301e\u0301', 2)).toEqual(['e\u0301e\u0301', 'e\u0301']);
  });

  it('wraps at spaces, and through words that are longer than a line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
    expect(wrap('', 4)).toEqual(['']);
    expect(wrap('ab', 0)).toEqual(['a', 'b']);
  });

  it('breaks long words at their seams where it is asked to, unless that wastes the line', () => {
    expect(wrap('x flush_info.initiating_cpu=3', 14, true)).toEqual([
      'x',
      'flush_info.',
      'initiating_',
      'cpu=3',
    ]);
    expect(wrap('a_bcdefghijkl', 6, true)).toEqual(['a_bcde', 'fghijk', 'l']);
    expect(wrap('flush_info.initiating', 14)).toEqual(['flush_info.ini', 'tiating']);
  });
});

describe('visible', () => {
  it('shows what a terminal would obey', () => {
    expect(visible('a\u001b[31m\u0007\n\t\u009b\u202e\u200b\u2028\ud800z')).toBe(
      'a\\x1b[31m\\x07\\n\\t\\x9b\\u{202e}\\u{200b}\\u{2028}\\u{d800}z',
    );
  });

  it('leaves other text alone', () => {
    expect(visible('größer 😀 — a\\b')).toBe('größer 😀 — a\\b');
  });
});

describe('colours', () => {
  const isOn = (stream: { isTTY?: boolean }, env: Record<string, string>) =>
    colorsFor(stream, env).red('x') !== 'x';

  it('are for terminals that want them', () => {
    expect(isOn({ isTTY: true }, {})).toBe(true);
    expect(isOn({}, {})).toBe(false);
    expect(isOn({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(isOn({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(isOn({ isTTY: true }, { NO_COLOR: '' })).toBe(true);
    expect(isOn({}, { FORCE_COLOR: '1' })).toBe(true);
    expect(isOn({ isTTY: true }, { FORCE_COLOR: '0' })).toBe(false);
    expect(isOn({ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  });
});
