import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which files are a user's own, and how they are named to people. */

/** The root of the sources: `src/` in a clone, `dist/src/` in the package. */
export const SOURCES = fileURLToPath(new URL('../', import.meta.url));

/** The examples are read as a user's own files, in the package too. */
const EXAMPLES = fileURLToPath(
  new URL(existsSync(`${SOURCES}../package.json`) ? '../../examples/' : '../../../examples/', import.meta.url),
);

/** `kernel/smp` for a file under the sources, null for any other. */
export function sourceName(path: string): string | null {
  const name = relative(SOURCES, path);
  if (name.startsWith('..')) return null;
  return name
    .split(sep)
    .join('/')
    .replace(/\.[jt]s$/, '');
}

/** A file of the sources by its name, TypeScript in a clone and JavaScript in the package. Throws where it is missing. */
export function sourceFile(name: string): string {
  const found = ['.ts', '.js'].map((extension) => `${SOURCES}${name}${extension}`).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`the installation is incomplete: ${name} is missing`);
  return found;
}

/** Code that the user wrote: neither shootdown's nor a dependency's. */
export function isUserFile(path: string): boolean {
  if (path.startsWith(EXAMPLES)) return true;
  if (/[\\/]node_modules[\\/]/.test(path)) return false;
  const name = relative(SOURCES, path);
  return name.startsWith('..') && !relative(fileURLToPath(new URL('../../workers', import.meta.url)), path).match(/^[^.]/);
}

export function isTypeScript(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

/** A file as people name it: relative to the working directory, with forward slashes. */
export function displayPath(path: string): string {
  return relative(process.cwd(), path).split(sep).join('/');
}
