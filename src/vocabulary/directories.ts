import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from './errors.js';

/**
 * Makes a directory and those above it where missing; answers the topmost that was made, undefined where it
 * was there. Throws system errors. Node's own (`recursive`) never ends below a directory that takes no names
 * and says ENOENT, as those of /proc do.
 */
export function makeDirectory(given: string): string | undefined {
  const directory = resolve(given);
  try {
    mkdirSync(directory);
    return directory;
  } catch (error) {
    if (isDirectory(directory)) return undefined;
    const above = dirname(directory);
    if (errorCode(error) !== 'ENOENT' || isDirectory(above)) throw error;
    const first = makeDirectory(above);
    const own = makeDirectory(directory);
    return first ?? own;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
