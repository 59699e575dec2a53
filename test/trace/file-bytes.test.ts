import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { piecesOf, readBytes, readStart } from '../../src/trace/file-bytes.js';
import { TraceError } from '../../src/trace/trace-error.js';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'file-bytes-'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  symlinkSync('pipe', join(root, 'link'));
  writeFileSync(join(root, 'file'), 'abc');
});
afterAll(() => rmSync(root, { recursive: true }));

describe('the bytes of a file', () => {
  it('are all of them, or the first', () => {
    expect(readBytes(join(root, 'file')).toString()).toBe('abc');
    expect([...piecesOf(join(root, 'file'))].map(String)).toEqual(['abc']);
    expect(readStart(join(root, 'file'), 2).toString()).toBe('ab');
  });

  // To open a pipe that nobody writes to waits for ever, and hears no signal.
  it.each(['pipe', 'link', '.', 'nothing'])('are not waited for in what is no file: %s', (name) => {
    expect(() => readBytes(join(root, name))).toThrow(TraceError);
    expect(() => [...piecesOf(join(root, name))]).toThrow(TraceError);
    expect(readStart(join(root, name), 2)).toHaveLength(0);
  });
});
