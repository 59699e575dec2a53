import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { codeHashOf } from '../vocabulary/code-hash.js';
import { packageRoot } from '../vocabulary/package-root.js';

/**
 * A hash of this room's own files: the translator, what its translations import, the shims. A module that
 * another translator has made may import what is there no more; a version that is counted by hand does not
 * tell, since two states of the tool can have the same.
 */
export function ownTextHash(room = fileURLToPath(new URL('src/csource/', packageRoot()))): string {
  const files = readdirSync(room, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(room, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  return codeHashOf(files, pathToFileURL(join(room, sep)));
}
