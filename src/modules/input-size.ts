import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { displayPath } from '../bundle/user-files.js';
import { InputError } from '../vocabulary/errors.js';

/**
 * Bounds of what is read for a module. Compilers take all of a file, whatever it is: 60 MB of a tsconfig.json
 * are gigabytes of syntax tree, a pipe that nobody writes to is waited for with no signal heard.
 */

/** Far above any text that somebody wrote. */
const BYTES_MAX = 4 * 1024 * 1024;
/** What compilers look for beside a module and above it, without being asked. */
const CONFIGURATIONS = ['tsconfig.json', 'jsconfig.json', 'package.json'];

/** Why a file is not read, as `file: what`, or null. */
export function unfit(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  // Of what is not there, and of directories, compilers know themselves.
  if (stats === undefined || stats.isDirectory()) return null;
  if (!stats.isFile())
    return `${displayPath(path)}: a part of a module is no regular file; put one in its place`;
  if (stats.size <= BYTES_MAX) return null;
  return (
    `${displayPath(path)}: ${stats.size} bytes are too many for a part of a module (at most ` +
    `${BYTES_MAX}); make it smaller`
  );
}

/** The same of the configurations that are looked for where a module lies. */
export function unfitAround(module: string): string | null {
  return unfitAbove(dirname(module), new Set());
}

/**
 * The same of a directory and those above it, which are added to `seen`; those that are in it already are not
 * looked at again.
 */
function unfitAbove(directory: string, seen: Set<string>): string | null {
  for (let at = directory; !seen.has(at); at = dirname(at)) {
    seen.add(at);
    for (const name of CONFIGURATIONS) {
      const found = unfit(join(at, name));
      if (found !== null) return found;
    }
  }
  return null;
}

/**
 * The same of the configurations that a bundler looks for on its way to what `name` imports from `directory`:
 * where it may lie, and where that lies that a link there leads to. `seen`: of one build.
 */
export function unfitOnTheWay(name: string, directory: string, seen: Set<string>): string | null {
  const isPath = isAbsolute(name) || /^\.\.?(?:\/|$)/.test(name);
  const places = isPath ? [resolve(directory, name)] : inPackages(name, directory);
  for (const place of places.flatMap(realToo)) {
    const found = unfitAbove(isDirectory(place) ? place : dirname(place), seen);
    if (found !== null) return found;
  }
  return null;
}

function inPackages(name: string, directory: string): string[] {
  const above = dirname(directory);
  const here = join(directory, 'node_modules', name);
  return above === directory ? [here] : [here, ...inPackages(name, above)];
}

function realToo(path: string): string[] {
  try {
    const real = realpathSync(path);
    return real === path ? [path] : [path, real];
  } catch {
    // Of what is not there, the bundler knows itself.
    return [path];
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Throws InputError for a module, or a configuration of its project, that is not to be read. */
export function requireReadable(module: string): void {
  const found = unfit(module) ?? unfitAround(module);
  if (found !== null) throw new InputError(found);
}
