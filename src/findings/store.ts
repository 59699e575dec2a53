/**
 * Saves findings. A reader never sees half a file, and no file that is there is ever overwritten: the bytes
 * go to a temporary file in the same directory, are synced, and get their name by `link`, which fails where
 * the name is taken.
 */

import { join } from 'node:path';
import { atOnce, writeAndName } from '../programs/naming.js';
import { errorCode, InfrastructureError, systemReason } from '../vocabulary/errors.js';
import { type Finding, findingSubject } from '../vocabulary/finding.js';
import { FileNaming, readExisting } from './file-naming.js';
import { checkFinding, FINDING_BYTES_MAX } from './schema.js';
import { serializeFinding } from './serialize.js';
import { makeDirectories, removeQuietly, syncDirectory } from './synced-file.js';
import { temporaryName } from './temporary-name.js';

const NAMESAKES_MAX = 1_000;
const NAME_PART_MAX = 60;

export interface SavedFinding {
  readonly path: string;
  /** The very same bytes were there already. */
  readonly reused: boolean;
}

/**
 * Saves `finding` in `directory`, which is made where missing. Throws InfrastructureError where the machine
 * refuses.
 */
export function saveFinding(finding: Finding, directory: string): SavedFinding {
  // What we write we must be able to read: a finding outside our own schema is a bug here, better met now
  // than at the replay.
  checkFinding(finding, 'a new finding');
  const bytes = Buffer.from(serializeFinding(finding), 'utf8');
  if (bytes.length > FINDING_BYTES_MAX)
    throw new Error(`a finding of ${bytes.length} bytes could not be read again`);
  let temporary: string | null = null;
  try {
    makeDirectories(directory);
    // A finding that is already there must be reusable from a read-only directory too, so look before writing
    // anything.
    const name = findingName(finding);
    const written = join(directory, temporaryName(name));
    // `name.json`, `name-2.json`, ...
    const path = (n: number): string => join(directory, n === 1 ? `${name}.json` : `${name}-${n}.json`);
    const naming = new FileNaming(written, path, bytes);
    const existing = findSame(naming, bytes);
    if (existing !== null) {
      // Whoever saved it may have been ended before its name was safe.
      syncDirectory(directory);
      return { path: existing, reused: true };
    }
    temporary = written;
    const saved = publish(naming, directory, name);
    syncDirectory(directory);
    return saved;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    throw new InfrastructureError(
      `cannot save a finding in ${directory}: ${systemReason(error)}`,
      'give another directory with --out',
    );
  } finally {
    if (temporary !== null) removeQuietly(temporary);
  }
}

/** File name without suffix and extension: variant, scenario, class and trace hash, each made harmless. */
export function findingName(finding: Finding): string {
  const { name, scenario } = findingSubject(finding);
  return [name, scenario, finding.violation.class, finding.traceHash].map(harmless).join('--');
}

/**
 * Letters, digits, dots, underscores and single dashes; nothing that a shell, a path or a terminal could take
 * for something else.
 */
export function harmless(part: string): string {
  const kept = part
    .replaceAll(/[^A-Za-z0-9._]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .slice(0, NAME_PART_MAX)
    .replace(/^[-.]+/, '')
    .replace(/[-.]+$/, '');
  return kept === '' ? 'unnamed' : kept;
}

function findSame(naming: FileNaming, bytes: Buffer): string | null {
  for (let n = 1; n <= NAMESAKES_MAX; n++) {
    const path = naming.path(n);
    const found = readExisting(path);
    if (found === null) return null;
    if (found.equals(bytes)) return path;
  }
  return null;
}

/**
 * Writes the file and gives it the first free name, unless another process has saved the same bytes
 * meanwhile.
 */
function publish(naming: FileNaming, directory: string, name: string): SavedFinding {
  let n: number;
  try {
    n = atOnce(writeAndName(naming, NAMESAKES_MAX));
  } finally {
    naming.end();
  }
  if (n !== 0) return { path: naming.path(Math.abs(n)), reused: n < 0 };
  throw new InfrastructureError(
    `${directory} holds ${NAMESAKES_MAX} findings named ${name}`,
    'give another directory with --out',
  );
}
