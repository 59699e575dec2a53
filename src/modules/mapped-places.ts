import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'jsonc-parser';
import { unfit } from './input-size.js';

/**
 * Where configurations lead a bundler: what a tsconfig.json extends and maps, where a package.json says that
 * its package begins. Rather too many places than too few: each is only looked at before it is read.
 */

/** Of a package.json: names and conditions, down to files. */
const ENTRY_FIELDS = ['main', 'module', 'browser', 'exports', 'imports', 'tsconfig'];
/** A chain that is longer is none that somebody wrote. */
const EXTENDS_MAX = 50;

export interface TypeScriptConfig {
  /** It and what it extends, as far as that is to be read. */
  readonly files: readonly string[];
  /** Where `name` may lie by it. */
  places(name: string): string[];
}

/** Where a package whose manifest this is has what `name` imports of it. */
export function entriesOf(manifest: string, name: string): string[] {
  const value = objectIn(manifest);
  const rest = name.split('/').slice(name.startsWith('@') ? 2 : 1);
  const entries = ENTRY_FIELDS.flatMap((field) => stringsIn(value[field]));
  return entries.map((entry) => resolve(dirname(manifest), entry.replaceAll('*', rest.join('/'))));
}

/** Of a tsconfig.json or jsconfig.json. */
export function typeScriptConfig(file: string): TypeScriptConfig {
  const files = [file];
  const bases: string[] = [];
  const mapped: (readonly [pattern: string, from: string, target: string])[] = [];
  for (let at = 0; at < files.length && at < EXTENDS_MAX; at++) {
    const from = dirname(files[at]);
    const { extends: parents, compilerOptions } = objectIn(files[at]);
    const { baseUrl, paths } = isObject(compilerOptions) ? compilerOptions : {};
    for (const parent of stringsIn(parents)) files.push(...parentsOf(parent, from));
    if (typeof baseUrl === 'string') bases.push(resolve(from, baseUrl));
    for (const [pattern, targets] of isObject(paths) ? Object.entries(paths) : [])
      for (const target of stringsIn(targets)) mapped.push([pattern, from, target]);
  }
  const places = (name: string): string[] => [
    ...bases.map((base) => join(base, name)),
    ...mapped.flatMap(([pattern, from, target]) => {
      const star = starOf(pattern, name);
      if (star === null) return [];
      return [from, ...bases].map((base) => resolve(base, target.replace('*', star)));
    }),
  ];
  return { files, places };
}

/** What stands for the star of a pattern; null for a name that is not of it. */
function starOf(pattern: string, name: string): string | null {
  const [before, after] = pattern.split('*', 2);
  if (after === undefined) return pattern === name ? '' : null;
  const isOf = name.startsWith(before) && name.endsWith(after) && name.length >= before.length + after.length;
  return isOf ? name.slice(before.length, name.length - after.length) : null;
}

/** Where a configuration that another extends may lie, in the order in which it is looked for. */
export function parentsOf(name: string, directory: string): string[] {
  const isPath = isAbsolute(name) || /^\.\.?(?:[\\/]|$)/.test(name);
  const places: string[] = [];
  if (isPath) places.push(resolve(directory, name));
  else
    for (let at = directory; ; at = dirname(at)) {
      places.push(join(at, 'node_modules', name));
      if (dirname(at) === at) break;
    }
  return places.flatMap((place) => [place, `${place}.json`, join(place, 'tsconfig.json')]);
}

/** Of a file that is not there or not to be read, and of what is no object, nothing. */
export function objectIn(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = unfit(file) === null ? parse(readFileSync(file, 'utf8')) : null;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** With a stack of its own: nobody bounds how deep a stranger's configuration is. */
export function stringsIn(value: unknown): string[] {
  const found: string[] = [];
  const open = [value];
  for (let one = open.pop(); open.length > 0 || one !== undefined; one = open.pop()) {
    if (typeof one === 'string') found.push(one);
    else if (typeof one === 'object' && one !== null)
      for (const inner of Object.values(one)) open.push(inner);
  }
  return found;
}
