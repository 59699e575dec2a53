/**
 * Saves findings. A reader never sees half a file, and no file that is there is ever overwritten: the bytes go to a temporary file in the
 * same directory, are synced, and get their name by `link`, which fails where the name is taken.
 */

import { linkSync, lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, InfrastructureError, systemReason } from '../vocabulary/errors.js';
import { type Finding, findingSubject } from '../vocabulary/finding.js';
import { checkFinding, FINDING_BYTES_MAX } from './schema.js';
import { serializeFinding } from './serialize.js';
import { makeDirectories, removeQuietly, syncDirectory, writeSynced } from './synced-file.js';
import { temporaryName } from './temporary-name.js';

const NAMESAKES_MAX = 1_000;
const NAME_PART_MAX = 60;

export interface SavedFinding {
  readonly path: string;
  /** The very same bytes were there already. */
  readonly reused: boolean;
}

/** Saves `finding` in `directory`, which is made where missing. Throws InfrastructureError where the machine refuses. */
export function saveFinding(finding: Finding, directory: string): SavedFinding {
  // What we write we must be able to read: a finding outside our own schema is a bug here, better met now than at the replay.
  checkFinding(finding, 'a new finding');
  const bytes = Buffer.from(serializeFinding(finding), 'utf8');
  if (bytes.length > FINDING_BYTES_MAX) throw new Error(`a finding of ${bytes.length} bytes could not be read again`);
  let temporary: string | null = null;
  try {
    makeDirectories(directory);
    // A finding that is already there must be reusable from a read-only directory too, so look before writing anything.
    const name = findingName(finding);
    const existing = findSame(directory, name, bytes);
    if (existing !== null) return { path: existing, reused: true };
    temporary = join(directory, temporaryName(name));
    writeSynced(temporary, bytes);
    const saved = publish(temporary, directory, name, bytes);
    syncDirectory(directory);
    return saved;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    throw new InfrastructureError(`cannot save a finding in ${directory}: ${systemReason(error)}`, 'give another directory with --out');
  } finally {
    if (temporary !== null) removeQuietly(temporary);
  }
}

/** File name without suffix and extension: variant, scenario, class and trace hash, each made harmless. */
export function findingName(finding: Finding): string {
  const { name, scenario } = findingSubject(finding);
  return [name, scenario, finding.violation.class, finding.traceHash].map(harmless).join('--');
}

/** Letters, digits, dots, underscores and single dashes; nothing that a shell, a path or a terminal could take for something else. */
function harmless(part: string): string {
  const kept = part
    .replaceAll(/[^A-Za-z0-9._]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .slice(0, NAME_PART_MAX)
    .replace(/^[-.]+/, '')
    .replace(/[-.]+$/, '');
  return kept === '' ? 'unnamed' : kept;
}

/** The n-th file of that name, from 1: `name.json`, `name-2.json`, ... */
function namesake(directory: string, name: string, n: number): string {
  return join(directory, n === 1 ? `${name}.json` : `${name}-${n}.json`);
}

function findSame(directory: string, name: string, bytes: Buffer): string | null {
  for (let n = 1; n <= NAMESAKES_MAX; n++) {
    const path = namesake(directory, name, n);
    const found = readExisting(path);
    if (found === null) return null;
    if (found.equals(bytes)) return path;
  }
  return null;
}

/** The bytes of a file that may be ours, empty for anything that cannot be, null where there is nothing. */
function readExisting(path: string): Buffer | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (!stats.isFile() || stats.size > FINDING_BYTES_MAX) return Buffer.alloc(0);
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Gives the temporary file the first free name, unless another process has published the same bytes meanwhile. */
function publish(temporary: string, directory: string, name: string, bytes: Buffer): SavedFinding {
  for (let n = 1; n <= NAMESAKES_MAX; n++) {
    const path = namesake(directory, name, n);
    if (claim(temporary, path)) return { path, reused: false };
    if (readExisting(path)?.equals(bytes)) return { path, reused: true };
  }
  throw new InfrastructureError(`${directory} holds ${NAMESAKES_MAX} findings named ${name}`, 'give another directory with --out');
}

/** Names the temporary file `path`; false where that name is taken. */
function claim(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (code === null || !NO_HARD_LINKS.has(code)) throw error;
  }
  return claimLocked(temporary, path);
}

/**
 * For file systems without hard links. A rename would replace what has the name, and a file that reserves the name would be half a finding
 * to whoever looks; so a directory beside it is the reservation. One that a killed process left makes its name a taken one, no more.
 */
function claimLocked(temporary: string, path: string): boolean {
  const lock = `${path}.lock`;
  try {
    mkdirSync(lock);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return false;
    renameSync(temporary, path);
    return true;
  } finally {
    rmdirSync(lock);
  }
}

const NO_HARD_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);
