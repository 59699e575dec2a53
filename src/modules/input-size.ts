import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { displayPath } from '../bundle/user-files.js';
import { InputError } from '../vocabulary/errors.js';

/**
 * Bounds of what is read for a module. Compilers take all of a file, whatever it is: 60 MB of a tsconfig.json
 * are gigabytes of syntax tree.
 */

/** Far above any text that somebody wrote. */
const BYTES_MAX = 4 * 1024 * 1024;
/** What compilers look for beside a module and above it, without being asked. */
const CONFIGURATIONS = ['tsconfig.json', 'jsconfig.json', 'package.json'];

/** Why a file is not read, as `file: what`, or null. */
export function tooLarge(path: string): string | null {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= BYTES_MAX) return null;
  return (
    `${displayPath(path)}: ${size} bytes are too many for a part of a module (at most ` +
    `${BYTES_MAX}); make it smaller`
  );
}

/** Throws InputError for a module, or a configuration of its project, that is too large. */
export function requireReadable(module: string): void {
  const found = tooLarge(module);
  if (found !== null) throw new InputError(found);
  for (let at = dirname(module); ; at = dirname(at)) {
    for (const name of CONFIGURATIONS) {
      const large = tooLarge(join(at, name));
      if (large !== null) throw new InputError(large);
    }
    if (at === dirname(at)) return;
  }
}
