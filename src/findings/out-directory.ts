/**
 * Whether findings can be kept in a directory, asked before the hours of hunting and not after. Nothing is
 * made where the directory is not there yet: a hunt that finds nothing leaves nothing.
 */

import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { errorCode, InfrastructureError, InputError, systemReason } from '../vocabulary/errors.js';
import { removeStale } from './stale-files.js';
import { temporaryName } from './temporary-name.js';

/** What room or the machine lacks; everything else is a directory that will never do. */
const MACHINE: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
]);

/**
 * Throws InputError where findings can never be kept in `directory`, InfrastructureError where the disk is
 * full. `flag`: which one named it, and what is kept there.
 */
export function checkOutDirectory(directory: string, [flag, kept] = ['--out', 'finding']): void {
  const refused = (Kind: typeof InputError | typeof InfrastructureError, path: string, why: string): Error =>
    new Kind(`${flag}: no ${kept} can be kept in ${path}: ${why}`, `give another directory with ${flag}`);
  try {
    if (exists(directory)) {
      probe(directory);
      removeStale(directory);
    } else accessSync(nearestAncestor(directory), constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof NoDirectory) throw refused(InputError, error.path, error.message);
    const code = errorCode(error);
    if (code === null) throw error;
    throw refused(MACHINE.has(code) ? InfrastructureError : InputError, directory, systemReason(error));
  }
}

class NoDirectory extends Error {
  constructor(
    readonly path: string,
    why: string,
  ) {
    super(why);
  }
}

/** Whether there is a directory; throws NoDirectory where there is something else. */
function exists(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return true;
  if (stats !== undefined || lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
    const what = stats === undefined ? 'it is a link that leads nowhere' : 'it is not a directory';
    throw new NoDirectory(path, what);
  }
  return false;
}

function nearestAncestor(path: string): string {
  for (let at = dirname(resolve(path)); ; at = dirname(at)) if (at === dirname(at) || exists(at)) return at;
}

/** Permissions do not tell of read-only file systems, quotas and full disks: a file does. */
function probe(directory: string): void {
  const path = join(directory, temporaryName('probe'));
  const descriptor = openSync(path, 'wx', 0o644);
  try {
    writeSync(descriptor, 'x');
  } finally {
    try {
      closeSync(descriptor);
    } finally {
      unlinkSync(path);
    }
  }
}
