import { realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../../vocabulary/errors.js';

/** A file that a command reads or writes, and the flag or argument that names it. */
export interface NamedFile {
  readonly flag: string;
  readonly path: string;
}

/**
 * Throws InputError where two outputs are one file, or an output would be written over an input, under
 * whatever names.
 */
export function requireDistinctFiles(outputs: readonly NamedFile[], inputs: readonly NamedFile[]): void {
  const seen = new Map<string, NamedFile>();
  for (const file of [...inputs, ...outputs]) {
    const identity = identityOf(file.path);
    if (identity === null) continue;
    const other = seen.get(identity);
    // Two inputs may be one file, and one flag given twice is one file.
    if (other !== undefined && outputs.includes(file) && other.flag !== file.flag)
      throw new InputError(
        `${other.flag} and ${file.flag} name one file, ${file.path}: one would overwrite the other`,
        'give two',
      );
    seen.set(identity, file);
  }
}

/**
 * What tells a file from every other; null for what can take several outputs: a terminal, a pipe, /dev/null.
 */
function identityOf(path: string): string | null {
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch {
    // Under what is no folder, or out of reach: whoever opens it says so.
    return null;
  }
  if (stats === undefined) return `new ${realPathOf(resolve(path))}`;
  return stats.isFile() || stats.isDirectory() ? `${stats.dev}:${stats.ino}` : null;
}

/** The real path of what is not there yet: that of its nearest folder that is, and the rest. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(realPathOf(dirname(path)), basename(path));
  }
}
