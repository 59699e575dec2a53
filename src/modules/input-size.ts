import { type Stats, statSync } from 'node:fs';
import { displayPath } from '../bundle/user-files.js';
import { errorCode } from '../vocabulary/errors.js';
import { noteRead } from './reads.js';

/**
 * Bounds of what is read for a module. Compilers take all of a file, whatever it is: 60 MB of a tsconfig.json
 * are gigabytes of syntax tree, a pipe that nobody writes to is waited for with no signal heard.
 */

/** Far above any text that somebody wrote. */
const BYTES_MAX = 4 * 1024 * 1024;

/** Why a file is not read, as `file: what`, or null. */
export function unfit(path: string): string | null {
  const stats = statsOf(path);
  noteRead(path, stats);
  // Of what is not there, and of directories, compilers know themselves.
  if (stats === undefined || stats.isDirectory()) return null;
  if (!stats.isFile())
    return `${displayPath(path)}: a part of a module is no regular file; put one in its place`;
  if (stats.size <= BYTES_MAX) return null;
  return (
    `${displayPath(path)}: ${stats.size} bytes are too many for a part of a module (at most ` +
    `${BYTES_MAX}); make it smaller`
  );
}

/** Whether a file is there, and one that is read. */
export function isFileToRead(path: string): boolean {
  return statsOf(path)?.isFile() === true && unfit(path) === null;
}

/** Nothing where there can be no file: below another, under too long a name, behind a link to itself. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (['ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
