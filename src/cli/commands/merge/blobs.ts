/** The blobs that paths name: files, and directories with all blobs below them. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readBlob, readBlobAmongOthers } from '../../../findings/blob.js';
import type { NamedBlob } from '../../../merge/union.js';
import { InputError, systemReason } from '../../../vocabulary/errors.js';

/** Files that are looked at; a directory of more is hardly one of blobs. */
const FILES_MAX = 20_000;
const REMEDY = 'give files that "shootdown hunt --reporter blob" wrote, or directories of them';

/** In the order of their names. Throws InputError where a path cannot be read, or leads to no blob. */
export function readBlobs(paths: readonly string[]): NamedBlob[] {
  return paths.flatMap((path) => {
    if (!isDirectory(path)) return [{ file: path, blob: readBlob(path) }];
    const blobs = filesUnder(path).flatMap((file) => {
      const blob = readBlobAmongOthers(file);
      return blob === null ? [] : [{ file, blob }];
    });
    if (blobs.length === 0) throw new InputError(`${path}: there is no blob in this directory`, REMEDY);
    return blobs;
  });
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new InputError(`${path}: cannot be read: ${systemReason(error)}`, REMEDY);
  }
}

/** The regular files named `*.json`, by name. Links are not followed: what they lead to may be anywhere. */
function filesUnder(directory: string): string[] {
  let entries: { readonly parentPath: string; readonly name: string; isFile(): boolean }[];
  try {
    entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  } catch (error) {
    throw new InputError(`${directory}: cannot be read: ${systemReason(error)}`, REMEDY);
  }
  const files = entries.flatMap((entry) =>
    entry.isFile() && entry.name.endsWith('.json') ? [join(entry.parentPath, entry.name)] : [],
  );
  if (files.length > FILES_MAX)
    throw new InputError(
      `${directory}: has ${files.length} files; at most ${FILES_MAX} are looked at`,
      REMEDY,
    );
  return files.sort((a, b) => (a < b ? -1 : 1));
}
