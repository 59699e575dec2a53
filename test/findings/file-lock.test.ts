import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from '../../src/findings/file-lock.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock of a file', () => {
  it('is one at a time, under every name of the file', async () => {
    const file = join(folder, 'known.json');
    writeFileSync(file, '');
    const link = join(folder, 'link.json');
    symlinkSync(file, link);
    let inside = 0;
    let most = 0;
    const work = (): void => {
      most = Math.max(most, ++inside);
      // Another's turn would come here if it could.
      expect(existsSync(join(folder, '.known.json.lock'))).toBe(true);
      inside--;
    };
    await Promise.all([file, link, file, link].map((name) => withFileLock(name, work)));
    expect(most).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['known.json', 'link.json']);
  });

  it('is taken over when its owner is gone', async () => {
    const lock = join(folder, '.known.json.lock');
    mkdirSync(lock);
    const long = new Date(Date.now() - 60_000);
    utimesSync(lock, long, long);
    expect(await withFileLock(join(folder, 'known.json'), () => 7)).toBe(7);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is free again after work that throws', async () => {
    const file = join(folder, 'known.json');
    await expect(
      withFileLock(file, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await withFileLock(file, () => 1)).toBe(1);
  });

  it('fits beside the longest name that a file can have', async () => {
    expect(await withFileLock(join(folder, 'x'.repeat(255)), () => 1)).toBe(1);
    expect(await withFileLock(join(folder, 'ä'.repeat(127)), () => 1)).toBe(1);
  });
});
