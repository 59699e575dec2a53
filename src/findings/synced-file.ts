import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';

/** A new file whose bytes are on the disk when it returns: so that a name which leads to it never leads to half of it, after a power cut either. */
export function writeSynced(path: string, bytes: Buffer): void {
  const descriptor = openSync(path, 'wx', 0o644);
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Renamed away already, or the directory went: nothing of ours is left either way.
  }
}
