import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../src/vocabulary/directories.js';

const root = mkdtempSync(join(tmpdir(), 'directories-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('a directory', () => {
  it('is made with those above it, and the topmost that was made is told', () => {
    expect(makeDirectory(join(root, 'a/b/c'))).toBe(join(root, 'a'));
    expect(makeDirectory(join(root, 'a/b/d'))).toBe(join(root, 'a/b/d'));
    expect(makeDirectory(join(root, 'a/b/c/'))).toBeUndefined();
    expect(makeDirectory('/')).toBeUndefined();
    expect(statSync(join(root, 'a/b/c')).isDirectory()).toBe(true);
  });

  it('may be one that a link leads to', () => {
    mkdirSync(join(root, 'real'));
    symlinkSync('real', join(root, 'link'));
    expect(makeDirectory(join(root, 'link/x'))).toBe(join(root, 'link/x'));
    expect(makeDirectory(join(root, 'link'))).toBeUndefined();
  });

  it('is refused below what is none', () => {
    writeFileSync(join(root, 'file'), '');
    symlinkSync('nowhere', join(root, 'lost'));
    expect(() => makeDirectory(join(root, 'file'))).toThrow(/EEXIST/);
    expect(() => makeDirectory(join(root, 'file/x/y'))).toThrow(/ENOTDIR/);
    expect(() => makeDirectory(join(root, 'lost/x'))).toThrow(/EEXIST/);
  });

  it.skipIf(process.platform !== 'linux')('is refused where the system takes no names', () => {
    expect(() => makeDirectory('/proc/self/no/such')).toThrow(/ENOENT|EACCES/);
  });
});
