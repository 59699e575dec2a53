import { describe, expect, it } from 'vitest';
import { outOfBounds } from '../../src/findings/json-bounds.js';
import { findJsonError } from '../../src/findings/json-error.js';

describe('findJsonError', () => {
  it.each([
    '1',
    '-0.5e+3',
    '""',
    '"\\u00e9\\n"',
    '[]',
    '{}',
    '[1, [2], {"a": null}]',
    ' {"a": true, "b": [false]} \n',
  ])('finds nothing in %j', (text) => {
    JSON.parse(text);
    expect(findJsonError(text)).toBeNull();
  });

  it.each([
    ['', 0],
    ['01', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['{"a":1', 6],
    // The string that is wrong.
    ['"abc', 0],
    ['"a\nb"', 0],
    ['"\\x"', 0],
    ['[1}', 2],
    ['nul', 0],
    ["['a']", 1],
    ['1 1', 2],
    ['[}', 1],
  ])('finds the error in %j', (text, offset) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonError(text)?.offset).toBe(offset);
  });

  it('counts lines and columns from 1', () => {
    expect(findJsonError('{\n  "a": 1,\n  b\n}')).toMatchObject({ line: 3, column: 3 });
  });

  it('tells it in words, with a little of what is there', () => {
    expect(findJsonError('{ "a": ')?.what).toBe('expected a value, got the end of the file');
    expect(findJsonError(`{ "a": ${'x'.repeat(50)} }`)?.what).toMatch(/^expected .*, got "x{20}" and so on$/);
  });

  it('costs what the text is long, also the fiftieth time in one process', () => {
    const text = `[${'"0*12",\n'.repeat(40_000)}x]`;
    const ms = Array.from({ length: 50 }, () => {
      const began = process.cpuUsage();
      expect(findJsonError(text)?.line).toBe(40_001);
      const { user, system } = process.cpuUsage(began);
      return (user + system) / 1_000;
    });
    expect(Math.max(...ms.slice(10))).toBeLessThan(1_000);
  });
});

describe('outOfBounds', () => {
  it.each([
    ['a deep nest', '['.repeat(2_000_000), 'nested more than 32 deep'],
    ['empty arrays', `[${'[],'.repeat(2_000_000)}[]]`, 'more than 1500000 values'],
    ['numbers', `[${'1,'.repeat(2_000_000)}1]`, 'more than 1500000 values'],
    [
      'fields',
      `{${Array.from({ length: 2_000 }, (_, i) => `"k${i}":1`).join()}}`,
      'an object of more than 1000 fields',
    ],
    ['a long string', `["${'x'.repeat(2_000_000)}"]`, 'a text of more than 1000000 characters'],
    ['a string without end', `["${'\\"'.repeat(2_000_000)}`, 'a text of more than 1000000 characters'],
    ['blanks', ' '.repeat(5_000_000), 'more than 4000000 blanks'],
  ])('refuses %s', (_, text, what) => {
    expect(outOfBounds(text)?.what).toBe(what);
  });

  it('lets pass what a finding may have, and brackets within strings', () => {
    expect(outOfBounds(JSON.stringify(Array(1_000_000).fill('0*12')))).toBeNull();
    expect(outOfBounds(JSON.stringify({ a: '[[{{,,'.repeat(1_000), b: '\\"[' }))).toBeNull();
    expect(outOfBounds(']]]]')).toBeNull();
  });
});
