import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** Lines that are a comment as a whole. What stands behind code counts. */
const COMMENTS = /^\s*(\/\/.*|\/\*[\s\S]*?\*\/\s*)$/gm;

/**
 * A hash of source files, `files` being paths under `root`: 16 hexadecimal digits. Comments, how lines are
 * broken and how they are indented do not count. A file that is missing makes another hash.
 */
export function codeHashOf(files: readonly string[], root: URL): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const path = new URL(file, root);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    hash.update(`${file}\0${text.replace(COMMENTS, '').replace(/\s+/g, ' ').trim()}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** The same of a value that JSON has. */
export function valueHashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
