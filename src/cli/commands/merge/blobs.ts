/** The blobs that paths name: files, and directories with all blobs below them. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BLOB_FORMAT, checkBlob, isBlob, readBlobJson } from '../../../findings/blob.js';
import type { NamedBlob } from '../../../merge/union.js';
import { checkVerifyBlob, isVerifyBlob } from '../../../verify/shards/blob.js';
import type { NamedVerifyBlob } from '../../../verify/shards/union.js';
import { InputError, systemReason } from '../../../vocabulary/errors.js';

/** Files that are looked at; a directory of more is hardly one of blobs. */
const FILES_MAX = 20_000;
const REMEDY = 'give files that "shootdown hunt --reporter blob" wrote, or directories of them';

/** Of a hunt, or of a verification; not of both. */
export interface NamedBlobs {
  readonly hunts: readonly NamedBlob[];
  readonly verifications: readonly NamedVerifyBlob[];
}

/** In the order of their names. Throws InputError where a path cannot be read, or leads to no blob. */
export function readBlobs(paths: readonly string[]): NamedBlobs {
  const hunts: NamedBlob[] = [];
  const verifications: NamedVerifyBlob[] = [];
  const read = (file: string): boolean => {
    const value = readBlobJson(file);
    if (isBlob(value)) hunts.push({ file, blob: checkBlob(value, file) });
    else if (isVerifyBlob(value)) verifications.push({ file, blob: checkVerifyBlob(value, file) });
    else return false;
    return true;
  };
  for (const path of paths) {
    if (!isDirectory(path)) {
      if (!read(path)) throw new InputError(`${path}: not a blob ("format" is not "${BLOB_FORMAT}")`, REMEDY);
    } else if (filesUnder(path).filter(read).length === 0)
      throw new InputError(`${path}: there is no blob in this directory`, REMEDY);
  }
  if (hunts.length > 0 && verifications.length > 0)
    throw new InputError(
      `${hunts[0].file} is of a hunt, and ${verifications[0].file} of a verification`,
      'merge those of one',
    );
  return { hunts, verifications };
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
