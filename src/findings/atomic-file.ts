/** Replaces a file so that a reader sees the old or the new one whole. */

import { realpathSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode, InfrastructureError, systemReason } from '../vocabulary/errors.js';
import { writeSpecial } from './special-file.js';
import { removeStale } from './stale-files.js';
import { makeDirectories, removeQuietly, syncDirectory, writeSynced } from './synced-file.js';
import { temporaryName } from './temporary-name.js';

/** Writes text or bytes to `given`, whose directory is made where missing. Throws system errors. */
export function replaceFile(given: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : Buffer.from(content);
  makeDirectories(dirname(given));
  const stats = statSync(given, { throwIfNoEntry: false });
  // A terminal, a pipe, /dev/null: to put a file in its place would take it away from everybody.
  if (stats !== undefined && !stats.isFile()) {
    writeSpecial(given, bytes);
    return;
  }
  // What a link leads to is replaced, not the link.
  const file = stats === undefined ? given : realpathSync(given);
  removeStale(dirname(file), basename(file));
  const temporary = join(dirname(file), temporaryName(basename(file)));
  try {
    writeSynced(temporary, bytes);
    renameSync(temporary, file);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
  // What is told of the file next must be true after a power cut too.
  syncDirectory(dirname(file));
}

/** A system error as one about writing this file; anything else stays what it is. */
export function writeError(error: unknown, what: string, file: string, remedy: string): Error {
  if (error instanceof Error && errorCode(error) === null) return error;
  return new InfrastructureError(`cannot write ${what} ${file}: ${systemReason(error)}`, remedy);
}
