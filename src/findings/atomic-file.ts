/** Replaces a file so that a reader sees the old or the new one whole, and two writers one after the other. */

import { closeSync, mkdirSync, openSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, InfrastructureError, systemReason } from '../vocabulary/errors.js';
import { removeQuietly, writeSynced } from './synced-file.js';
import { temporaryName } from './temporary-name.js';

const LOCK_WAIT_MS = 10_000;
const LOCK_POLL_MS = 20;

/** Writes `text` to `given`, whose directory is made where missing. Throws system errors. */
export function replaceFile(given: string, text: string): void {
  mkdirSync(dirname(given), { recursive: true });
  const stats = statSync(given, { throwIfNoEntry: false });
  // A terminal, a pipe, /dev/null: to put a file in its place would take it away from everybody.
  if (stats !== undefined && !stats.isFile()) {
    writeFileSync(given, text);
    return;
  }
  // What a link leads to is replaced, not the link.
  const file = stats === undefined ? given : realpathSync(given);
  const temporary = join(dirname(file), temporaryName(basename(file)));
  try {
    writeSynced(temporary, Buffer.from(text, 'utf8'));
    renameSync(temporary, file);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** Runs `work` while no other process does for the same file: what is read in it is still there when it is written. */
export async function withFileLock<T>(file: string, work: () => T): Promise<T> {
  const lock = join(dirname(file), `.${basename(file)}.lock`);
  mkdirSync(dirname(file), { recursive: true });
  const until = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx', 0o644));
      break;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      if (performance.now() > until) {
        throw new InfrastructureError(
          `${file}: another process has been writing it for ${LOCK_WAIT_MS / 1_000} s; if none is, remove ${lock}`,
        );
      }
    }
    await sleep(LOCK_POLL_MS);
  }
  try {
    return work();
  } finally {
    removeQuietly(lock);
  }
}

/** A system error as one about writing this file; anything else stays what it is. */
export function writeError(error: unknown, what: string, file: string, remedy: string): Error {
  if (error instanceof Error && errorCode(error) === null) return error;
  return new InfrastructureError(`cannot write ${what} ${file}: ${systemReason(error)}; ${remedy}`);
}
