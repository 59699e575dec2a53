import { describe, expect, it } from 'vitest';
import { findJsonError } from '../../src/findings/json-error.js';

describe('findJsonError', () => {
  it.each(['1', '-0.5e+3', '""', '"\\u00e9\\n"', '[]', '{}', '[1, [2], {"a": null}]', ' {"a": true, "b": [false]} \n'])(
    'finds nothing in %j',
    (text) => {
      JSON.parse(text);
      expect(findJsonError(text)).toBeNull();
    },
  );

  it.each([
    ['', 0],
    ['01', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['{"a":1', 6],
    ['"abc', 4],
    ['"a\nb"', 2],
    ['"\\x"', 1],
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

  it('manages a string of megabytes', () => {
    expect(findJsonError(`["${'x'.repeat(8_000_000)}",]`)?.offset).toBe(8_000_004);
  });
});
