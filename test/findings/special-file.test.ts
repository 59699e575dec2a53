import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { replaceFile } from '../../src/findings/atomic-file.js';
import { isTemporaryName, temporaryName } from '../../src/findings/temporary-name.js';

const folder = mkdtempSync(join(tmpdir(), 'special-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('what is no regular file', () => {
  it('is refused at once when it is a pipe that nobody reads', () => {
    const pipe = join(folder, 'unread');
    execFileSync('mkfifo', [pipe]);
    expect(() => replaceFile(pipe, 'text')).toThrow(/a pipe that nobody reads/);
  });

  it('is written through when it is a pipe that is read, however long the text', async () => {
    const pipe = join(folder, 'read');
    execFileSync('mkfifo', [pipe]);
    const out = join(folder, 'out');
    const reader = spawn('sh', ['-c', `cat ${pipe} > ${out}`]);
    const ended = new Promise((resolve) => reader.once('exit', resolve));
    const text = 'x'.repeat(300_000);
    for (;;) {
      try {
        replaceFile(pipe, text);
        break;
      } catch {
        // The reader has not opened it yet.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    await ended;
    expect(readFileSync(out, 'utf8')).toBe(text);
  });

  it('may be /dev/null', () => {
    expect(() => replaceFile('/dev/null', 'text')).not.toThrow();
  });
});

describe('temporary files', () => {
  it('fit whatever name is legal', () => {
    for (const name of ['a', 'x'.repeat(255), 'ä'.repeat(127)]) {
      const made = temporaryName(name);
      expect(Buffer.byteLength(made)).toBeLessThanOrEqual(255);
      expect(isTemporaryName(made, name)).toBe(true);
      expect(isTemporaryName(made, `${name}b`.slice(1))).toBe(false);
      replaceFile(join(folder, name), 'text');
      expect(readFileSync(join(folder, name), 'utf8')).toBe('text');
    }
  });

  it('that a killed run left beside a file are taken away with its next replacement, and no others', () => {
    const left = temporaryName('report.xml');
    const young = temporaryName('report.xml');
    const other = temporaryName('other.xml');
    for (const name of [left, young, other]) writeFileSync(join(folder, name), '');
    const long = new Date(Date.now() - 2 * 3_600_000);
    for (const name of [left, other]) utimesSync(join(folder, name), long, long);
    replaceFile(join(folder, 'report.xml'), 'text');
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith('.tmp'))
        .sort(),
    ).toEqual([young, other].sort());
  });
});
