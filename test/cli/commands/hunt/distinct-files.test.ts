import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { requireDistinctFiles } from '../../../../src/cli/commands/hunt/distinct-files.js';

const folder = mkdtempSync(join(tmpdir(), 'distinct-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
writeFileSync(at('a'), '');
linkSync(at('a'), at('hard'));
symlinkSync(at('a'), at('soft'));
mkdirSync(at('real'));
symlinkSync(at('real'), at('folder'));

describe('two outputs', () => {
  it.each([
    ['the same path', 'new', 'new'],
    ['one path, written twice', 'new', './real/../new'],
    ['a hard link', 'a', 'hard'],
    ['a symbolic link', 'a', 'soft'],
    ['a file that is not there yet, through a linked folder', 'real/deep/x', 'folder/deep/x'],
    ['a folder', 'real', 'folder'],
  ])('are refused when they are one file: %s', (_, one, other) => {
    const outputs = [
      { flag: '--baseline', path: at(one) },
      { flag: '--reporter-file', path: `${folder}/${other}` },
    ];
    expect(() => requireDistinctFiles(outputs, [])).toThrow(
      /^--baseline and --reporter-file name one file, .*; give two$/,
    );
  });

  it('may differ, and may both be no file', () => {
    const outputs = (one: string, other: string) => [
      { flag: '--baseline', path: one },
      { flag: '--reporter-file', path: other },
    ];
    expect(() => requireDistinctFiles(outputs(at('a'), at('b')), [])).not.toThrow();
    expect(() => requireDistinctFiles(outputs('/dev/null', '/dev/null'), [])).not.toThrow();
  });
});

it('no output is written over an input, and inputs may be one file', () => {
  const input = { flag: 'the module', path: at('a') };
  expect(() => requireDistinctFiles([{ flag: '--reporter-file', path: at('soft') }], [input])).toThrow(
    /^the module and --reporter-file name one file/,
  );
  expect(() => requireDistinctFiles([], [input, input])).not.toThrow();
});
