import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file system of 64 kB that is full, for as long as `use` runs; false where this user may mount nothing.
 */
export async function onFullDisk(use: (directory: string) => Promise<void> | void): Promise<boolean> {
  const mount = mkdtempSync(join(tmpdir(), 'shootdown-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount], { stdio: 'ignore' });
  } catch {
    rmSync(mount, { recursive: true });
    return false;
  }
  try {
    mkdirSync(join(mount, 'empty'));
    try {
      writeFileSync(join(mount, 'filler'), Buffer.alloc(1 << 20));
    } catch {
      // Now it is.
    }
    await use(mount);
  } finally {
    execFileSync('umount', ['-l', mount]);
    rmSync(mount, { recursive: true });
  }
  return true;
}
