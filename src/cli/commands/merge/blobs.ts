/** The blobs that paths name: files, and directories with all blobs below them. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BLOB_FORMAT, checkBlob, isBlob, readBlobJson } from '../../../findings/blob.js';
import { checkStressBlob, isStressBlob } from '../../../merge/stress/blob.js';
import type { NamedStressBlob } from '../../../merge/stress/union.js';
import { checkStudyBlob, isStudyBlob } from '../../../merge/study/blob.js';
import type { NamedStudyBlob } from '../../../merge/study/union.js';
import type { NamedBlob } from '../../../merge/union.js';
import type { OnWork } from '../../../report/work-progress.js';
import { checkVerifyBlob, isVerifyBlob } from '../../../verify/shards/blob.js';
import type { NamedVerifyBlob } from '../../../verify/shards/union.js';
import { InputError, systemReason } from '../../../vocabulary/errors.js';

/** Files that are looked at; a directory of more is hardly one of blobs. */
const FILES_MAX = 20_000;
const REMEDY = 'give files that "shootdown hunt --reporter blob" wrote, or directories of them';

/** Of hunts, of verifications, of stress runs or of a study; of one kind only. */
export interface NamedBlobs {
  readonly hunts: readonly NamedBlob[];
  readonly verifications: readonly NamedVerifyBlob[];
  readonly stresses: readonly NamedStressBlob[];
  readonly studies: readonly NamedStudyBlob[];
}

/**
 * In the order of their names; `onBytes` is told before each file how many bytes of all have been read.
 * Throws InputError where a path cannot be read, or leads to no blob.
 */
export function readBlobs(paths: readonly string[], onBytes: OnWork): NamedBlobs {
  const hunts: NamedBlob[] = [];
  const verifications: NamedVerifyBlob[] = [];
  const stresses: NamedStressBlob[] = [];
  const studies: NamedStudyBlob[] = [];
  const read = (file: string): boolean => {
    const value = readBlobJson(file);
    if (isBlob(value)) hunts.push({ file, blob: checkBlob(value, file) });
    else if (isVerifyBlob(value)) verifications.push({ file, blob: checkVerifyBlob(value, file) });
    else if (isStressBlob(value)) stresses.push({ file, blob: checkStressBlob(value, file) });
    else if (isStudyBlob(value)) studies.push({ file, blob: checkStudyBlob(value, file) });
    else return false;
    return true;
  };
  const given = paths.map((path) => (isDirectory(path) ? { path, files: filesUnder(path) } : { path }));
  const bytes = new Map(
    given.flatMap(({ path, files = [path] }) => files.map((file) => [file, sizeOf(file)])),
  );
  const all = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  let bytesRead = 0;
  const readNext = (file: string): boolean => {
    onBytes(bytesRead, all);
    bytesRead += bytes.get(file) ?? 0;
    return read(file);
  };
  for (const { path, files } of given) {
    if (files === undefined) {
      if (!readNext(path))
        throw new InputError(`${path}: not a blob ("format" is not "${BLOB_FORMAT}")`, REMEDY);
    } else if (files.filter(readNext).length === 0)
      throw new InputError(`${path}: there is no blob in this directory`, REMEDY);
  }
  const kinds: readonly [string, readonly { readonly file: string }[]][] = [
    ['a hunt', hunts],
    ['a verification', verifications],
    ['a stress run', stresses],
    ['a study', studies],
  ];
  const [one, other] = kinds.filter(([, blobs]) => blobs.length > 0);
  if (other !== undefined)
    throw new InputError(
      `${one[1][0].file} is of ${one[0]}, and ${other[1][0].file} of ${other[0]}`,
      'merge those of one',
    );
  return { hunts, verifications, stresses, studies };
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new InputError(`${path}: cannot be read: ${systemReason(error)}`, REMEDY);
  }
}

/** 0 where it cannot be told: whoever reads the file says why. */
function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
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
