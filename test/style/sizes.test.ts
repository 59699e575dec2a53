import { describe, expect, it } from 'vitest';
import { sizedFiles, tooLarge } from './sizes.js';

/** Files, functions and lines stay short enough to be read at once. */

describe('code and pages', () => {
  it('keep to the bounds', () => {
    const files = sizedFiles();
    expect(files.length).toBeGreaterThan(400);
    expect(files.flatMap((file) => tooLarge(file))).toEqual([]);
  });
});

it('the command line has at most sixteen files beside its commands', () => {
  const files = sizedFiles().filter((file) => /^src\/cli\/[^/]+\.ts$/.test(file));
  expect(files.length).toBeGreaterThan(10);
  expect(files.length).toBeLessThanOrEqual(16);
});

describe('what is too large is seen', () => {
  const many = (count: number, line: string): string => Array.from({ length: count }, () => line).join('\n');

  it.each([
    ['a file', 'src/a.ts', many(501, '// x'), 'src/a.ts: 501 lines'],
    ['a line', 'src/a.ts', `// ${'x'.repeat(108)}`, 'src/a.ts:1: 111 columns'],
    ['a line of a page', 'docs/a.md', `\n${'x'.repeat(111)}`, 'docs/a.md:2: 111 columns'],
    ['a function', 'src/a.ts', `function f() {\n${many(69, '')}\n}`, 'src/a.ts:1: a function of 71 lines'],
    [
      'a method',
      'src/a.ts',
      `class A {\n  f() {\n${many(69, '')}\n}\n}`,
      'src/a.ts:2: a function of 71 lines',
    ],
    ['an arrow', 'src/a.ts', `const f = () => {\n${many(69, '')}\n};`, 'src/a.ts:1: a function of 71 lines'],
  ])('%s', (_, path, text, expected) => {
    expect(tooLarge(path, text)).toEqual([expected]);
  });

  it('and tables and commands of a page are not', () => {
    expect(tooLarge('docs/a.md', `| ${'x'.repeat(120)} |\n    ${'x'.repeat(120)}`)).toEqual([]);
  });
});
