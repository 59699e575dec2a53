import { basename, dirname, join } from 'node:path';
import { atOnce, writeAndName } from '../programs/naming.js';
import { FileNaming } from './file-naming.js';
import { removeStale } from './stale-files.js';
import { makeDirectories, removeQuietly, syncDirectory } from './synced-file.js';
import { temporaryName } from './temporary-name.js';

/**
 * Writes a file where nothing has its name, its directory made where missing: all of it, on the disk under
 * that name, or nothing. Answers false where something is there, which stays. Throws system errors.
 */
export function writeNew(path: string, bytes: Buffer): boolean {
  const directory = dirname(path);
  makeDirectories(directory);
  removeStale(directory, basename(path));
  const temporary = join(directory, temporaryName(basename(path)));
  const naming = new FileNaming(temporary, () => path, bytes);
  try {
    if (atOnce(writeAndName(naming, 1)) <= 0) return false;
    syncDirectory(directory);
    return true;
  } finally {
    removeQuietly(temporary);
    naming.end();
  }
}
