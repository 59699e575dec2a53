/**
 * Directories for code that is bundled at run time and loaded by workers. They go when the process ends,
 * however it does; what SIGKILL or a power cut leaves behind is recognised by its name, which holds the
 * process's number, and taken away by a later run.
 */

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { atEnd } from '../seal/at-end.js';
import { makeDirectory } from '../vocabulary/directories.js';
import { InfrastructureError, systemReason } from '../vocabulary/errors.js';

const NAME = /^shootdown-(\d{1,10})-[A-Za-z0-9]{6}$/;
/** Younger ones stay: where containers share a directory, a process that we cannot see may be starting. */
const STALE_MS = 3_600_000;

/** What is left of each to be undone at the end. */
const made = new Map<string, () => void>();

/** A new directory. Throws InfrastructureError where there can be none. */
export function makeTemporary(): string {
  const parent = tmpdir();
  try {
    removeStale(parent);
    const directory = mkdtempSync(join(parent, `shootdown-${process.pid}-`));
    made.set(
      directory,
      atEnd(() => removeTemporary(directory)),
    );
    return directory;
  } catch (error) {
    throw refused(parent, error);
  }
}

export function removeTemporary(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // Somebody else's business by now; a later run tries again.
  }
  made.get(directory)?.();
  made.delete(directory);
}

/** Writes what a bundler made. Throws InfrastructureError where the disk refuses. */
export function writeOutput(
  files: readonly { readonly path: string; readonly contents: Uint8Array }[],
): void {
  for (const { path, contents } of files) {
    try {
      makeDirectory(dirname(path));
      writeFileSync(path, contents);
    } catch (error) {
      throw refused(dirname(path), error);
    }
  }
}

function refused(directory: string, error: unknown): InfrastructureError {
  const remedy = 'make room there, or name another directory for temporary files with TMPDIR';
  return new InfrastructureError(
    `cannot write the workers' code in ${directory}: ${systemReason(error)}`,
    remedy,
  );
}

function removeStale(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(parent, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() && stats.uid === process.getuid?.() && Date.now() - stats.mtimeMs > STALE_MS)
      removeTemporary(path);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // No permission to signal it: somebody else's, and alive.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
