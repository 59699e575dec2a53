import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lock } from 'proper-lockfile';
import { errorCode, InfrastructureError } from '../vocabulary/errors.js';
import { removeQuietly } from './synced-file.js';
import { fitting } from './temporary-name.js';

/** How long another process may write the file before this one gives up. */
const WAIT_MS = 15_000;
const POLL_MS = 25;
/**
 * The owner of a lock touches it every few seconds. One that has not been touched for so long has no owner
 * any more, and is taken over.
 */
const STALE_MS = 8_000;

/** Who holds a lock, for who waits in vain. */
interface Owner {
  readonly pid: number;
  /** ISO 8601. */
  readonly since: string;
}

/**
 * Runs `work` while no other process does for the same file, under whatever name it goes: what is read in it
 * is still there when it is written. A lock whose owner was killed is taken over. Throws InfrastructureError
 * where another process goes on holding it.
 */
export async function withFileLock<T>(file: string, work: () => T): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const real = statSync(file, { throwIfNoEntry: false }) === undefined ? file : realpathSync(file);
  const path = join(dirname(real), `.${fitting(basename(real))}.lock`);
  const ownerFile = `${path}.json`;
  let release: () => Promise<void>;
  try {
    const retries = { retries: Math.ceil(WAIT_MS / POLL_MS), minTimeout: POLL_MS, maxTimeout: POLL_MS };
    release = await lock(real, { lockfilePath: path, realpath: false, stale: STALE_MS, retries });
  } catch (error) {
    if (errorCode(error) !== 'ELOCKED') throw error;
    throw new InfrastructureError(
      `${file}: ${whoHolds(ownerFile)} has been writing it for ${WAIT_MS / 1_000} s`,
      'if it hangs, end it and run this again',
    );
  }
  try {
    const owner: Owner = { pid: process.pid, since: new Date().toISOString() };
    writeFileSync(ownerFile, JSON.stringify(owner));
    return work();
  } finally {
    removeQuietly(ownerFile);
    await release();
  }
}

function whoHolds(ownerFile: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(ownerFile, 'utf8')) as Owner;
    return `process ${Number(pid)} (since ${String(since)})`;
  } catch {
    // Between taking the lock and saying so, or afterwards.
    return 'another process';
  }
}
