import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where commands are run hundreds of times: in memory where Linux has a file system there. What counts is
 * which calls they make; to wait for a disk at each fsync took longer than all else. Power cuts are disk.ts's.
 */
const MEMORY = '/dev/shm';
/** A room has a few files of some hundred kilobytes, and the code of workers. */
const FREE_BYTES_MIN = 256 * 2 ** 20;

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= FREE_BYTES_MIN;
  } catch {
    return false;
  }
}

/** A new directory. The caller takes it away. */
export function makeRoot(): string {
  return mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), 'shootdown-faults-'));
}
