import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../vocabulary/package-root.js';

/** Which files are a user's own, and how they are named to people. */

/** The root of the sources: `src/` in a clone, `dist/src/` in the package. */
export const SOURCES = fileURLToPath(new URL('../', import.meta.url));

/**
 * Where code of ours lies, what runs and what it was translated from, and where the examples do, which are
 * read as a user's own files, in the package too. Asked for when needed: a worker's bundle lies elsewhere.
 */
function folders(): { readonly ours: readonly string[]; readonly examples: string } {
  const root = packageRoot();
  const ours = [new URL('../../', import.meta.url), root].flatMap((base) =>
    ['src/', 'workers/'].map((folder) => fileURLToPath(new URL(folder, base))),
  );
  return { ours, examples: fileURLToPath(new URL('examples/', root)) };
}

let known: ReturnType<typeof folders> | null = null;

/** `kernel/smp` for a file under the sources, null for any other. */
export function sourceName(path: string): string | null {
  const name = relative(SOURCES, path);
  return name.startsWith('..') ? null : nameOf(name);
}

/**
 * The same for a place of a stack. Source maps lead from what runs to what that was written as: in the
 * package and in a translated clone that is a file of `src/` in the package's root, which need not be there.
 */
export function writtenName(path: string): string | null {
  const root = fileURLToPath(new URL('src/', packageRoot()));
  return sourceName(path) ?? (path.startsWith(root) ? nameOf(path.slice(root.length)) : null);
}

const nameOf = (path: string): string =>
  path
    .split(sep)
    .join('/')
    .replace(/\.[jt]s$/, '');

/**
 * A file of the sources by its name, TypeScript in a clone and JavaScript in the package. Throws where it is
 * missing.
 */
export function sourceFile(name: string): string {
  const found = ['.ts', '.js']
    .map((extension) => `${SOURCES}${name}${extension}`)
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error(`the installation is incomplete: ${name} is missing`);
  return found;
}

/** Code that the user wrote: neither shootdown's nor a dependency's. */
export function isUserFile(path: string): boolean {
  known ??= folders();
  if (path.startsWith(known.examples)) return true;
  return !/[\\/]node_modules[\\/]/.test(path) && !known.ours.some((folder) => path.startsWith(folder));
}

/** How modules that are translations of C code end. */
export const GENERATED_SUFFIX = '.of-c.mjs';

export function isGenerated(path: string): boolean {
  return path.endsWith(GENERATED_SUFFIX);
}

export function isTypeScript(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

/** A file as people name it: relative to the working directory, with forward slashes. */
export function displayPath(path: string): string {
  return relative(process.cwd(), path).split(sep).join('/');
}
