import { spawnSync } from 'node:child_process';
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
import { thisProcess } from '../../src/findings/process-name.js';

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

  /** Leaves a claim of some process, as it lies on the disk; answers its path. */
  function leaveClaim(owner: { pid: number; started: number; system: string }, ageMs = 0): string {
    const lock = join(folder, '.known.json.lock');
    mkdirSync(lock, { recursive: true });
    const path = join(lock, `${owner.pid}.${owner.started}.${owner.system}.0123456789abcdef`);
    writeFileSync(path, '');
    const at = new Date(Date.now() - ageMs);
    utimesSync(path, at, at);
    return path;
  }
  const HOUR_MS = 3_600_000;
  const file = (): string => join(folder, 'known.json');

  it('is taken over when its owner is gone, and what that one left is taken away', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    leaveClaim({ ...thisProcess(), pid });
    expect(await withFileLock(file(), () => 7)).toBe(7);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over when another process has got the number of its owner', async () => {
    const { started, ...self } = thisProcess();
    if (started === 0) return;
    leaveClaim({ ...self, started: started - 1 });
    expect(await withFileLock(file(), () => 7)).toBe(7);
  });

  it('is not taken over from a living process, however long that has it', async () => {
    const path = leaveClaim(thisProcess(), 2 * HOUR_MS);
    await expect(withFileLock(file(), () => 7, 100)).rejects.toThrow(`process ${process.pid} (since `);
    expect(existsSync(path)).toBe(true);
  });

  it('of another system, which cannot be asked, is waited for, and taken over when it is old', async () => {
    const foreign = { ...thisProcess(), system: '00000000' };
    const path = leaveClaim(foreign);
    await expect(withFileLock(file(), () => 7, 100)).rejects.toThrow('has been writing it');
    expect(existsSync(path)).toBe(true);
    leaveClaim(foreign, 2 * HOUR_MS);
    expect(await withFileLock(file(), () => 7)).toBe(7);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('goes past the directory of an earlier version and files that are no claims', async () => {
    mkdirSync(join(folder, '.known.json.lock'));
    expect(await withFileLock(file(), () => 7)).toBe(7);
    expect(readdirSync(folder)).toEqual([]);
    mkdirSync(join(folder, '.known.json.lock'));
    writeFileSync(join(folder, '.known.json.lock', 'mine'), '');
    expect(await withFileLock(file(), () => 7)).toBe(7);
    expect(readdirSync(join(folder, '.known.json.lock'))).toEqual(['mine']);
  });

  it.each<readonly [string, (path: string) => void]>([
    ['a file', (path) => writeFileSync(path, '')],
    ['a link that leads nowhere', (path) => symlinkSync('/nowhere/at/all', path)],
    ['a link to itself', (path) => symlinkSync(path, path)],
  ])('is told by its name where %s is in its place', async (_, make) => {
    const lock = join(folder, '.known.json.lock');
    make(lock);
    const locked = withFileLock(join(folder, 'known.json'), () => undefined);
    await expect(locked).rejects.toThrow(`${lock}: is no directory, and is where a lock has to be`);
    expect(readdirSync(folder)).toEqual(['.known.json.lock']);
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
