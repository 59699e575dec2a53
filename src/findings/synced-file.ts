import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeDirectory } from '../vocabulary/directories.js';
import { errorCode } from '../vocabulary/errors.js';

/**
 * A new file whose bytes are on the disk when it returns: so that a name which leads to it never leads to
 * half of it, after a power cut either.
 */
export function writeSynced(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'wx', 0o644);
  try {
    writeAll(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Throws system errors, for a full disk too. */
export function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    const count = writeSync(descriptor, bytes, written);
    // A disk that takes nothing and does not say why is full.
    if (count === 0)
      throw Object.assign(new Error('ENOSPC: nothing is written any more'), { code: 'ENOSPC' });
    written += count;
  }
}

export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Renamed away already, or the directory went: nothing of ours is left either way.
  }
}

/** For a descriptor whose file is read, or synced, already: closing can take nothing back. */
export function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // The descriptor is gone all the same.
  }
}

/**
 * So that the names in a directory survive a power cut. Throws where the disk fails; where a file system
 * cannot do it, names are as safe as it makes them by itself.
 */
export function syncDirectory(directory: string): void {
  try {
    const descriptor = openSync(directory, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeQuietly(descriptor);
    }
  } catch (error) {
    if (!CANNOT_SYNC.has(errorCode(error) ?? '')) throw error;
  }
}

const CANNOT_SYNC: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
  'EBADF',
  'EROFS',
]);

/** Adds to a file, made where missing: all of the text, on the disk under its name, or nothing of it. */
export function appendWhole(path: string, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  const descriptor = openSync(path, 'a', 0o644);
  try {
    const { size } = fstatSync(descriptor);
    try {
      writeAll(descriptor, bytes);
      fsyncSync(descriptor);
      // Perhaps nobody has had anything in it yet, and its name is as new.
      if (size === 0 && fstatSync(descriptor).isFile()) syncDirectory(dirname(path));
    } catch (error) {
      // A pipe or a terminal has no size to go back to.
      if (fstatSync(descriptor).isFile()) ftruncateSync(descriptor, size);
      throw error;
    }
  } finally {
    closeQuietly(descriptor);
  }
}

/** Makes a directory and those above it where missing, their names synced. */
export function makeDirectories(directory: string): void {
  const first = makeDirectory(directory);
  if (first === undefined) return;
  for (
    let made = resolve(directory);
    made.length >= first.length && made !== dirname(made);
    made = dirname(made)
  )
    syncDirectory(dirname(made));
}
