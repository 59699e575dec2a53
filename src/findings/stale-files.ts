import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isTemporaryName } from './temporary-name.js';

/**
 * Temporary files of runs that were killed are taken away once they are so old that no other process can be
 * about to name them.
 */
const STALE_MS = 3_600_000;

/**
 * Takes away what killed runs left in a directory; with `of`, only what was to become that file. Never
 * throws.
 */
export function removeStale(directory: string, of?: string): void {
  try {
    for (const name of readdirSync(directory))
      if (isTemporaryName(name, of)) removeIfOld(join(directory, name));
  } catch {
    // Whoever may write but not list leaves them to others.
  }
}

function removeIfOld(path: string): void {
  try {
    if (Date.now() - lstatSync(path).mtimeMs > STALE_MS) unlinkSync(path);
  } catch {
    // Gone already, or not ours to take away: it harms nobody.
  }
}
