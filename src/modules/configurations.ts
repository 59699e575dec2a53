import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { InputError } from '../vocabulary/errors.js';
import { unfit } from './input-size.js';
import { entriesOf, type TypeScriptConfig, typeScriptConfig } from './mapped-places.js';

/**
 * Configurations that compilers read without being asked: beside a module and above it, where its imports may
 * lie, and where other configurations lead. Each is looked at before a bundler reads it.
 */

const TYPESCRIPT = ['tsconfig.json', 'jsconfig.json'];
const MANIFEST = 'package.json';

/** Those of one build: what was looked at is not looked at again. */
export class Configurations {
  private readonly seen = new Set<string>();
  private readonly resolved = new Set<string>();
  private readonly configs = new Map<string, TypeScriptConfig>();

  /** Why one in a directory, or above it, is not read, as `file: what`; null if all are. */
  unfitAbove(directory: string): string | null {
    for (let at = directory; !this.seen.has(at); at = dirname(at)) {
      this.seen.add(at);
      const found =
        unfit(join(at, MANIFEST)) ??
        this.configsIn(at)
          .flatMap(({ files }) => files.map(unfit))
          .find((one) => one !== null);
      if (found !== null && found !== undefined) return found;
    }
    return null;
  }

  /**
   * The same of those that a bundler looks for on its way to what `name` imports from `directory`: where it
   * may lie, and where that lies that a link there leads to.
   */
  unfitOnTheWay(name: string, directory: string): string | null {
    const key = JSON.stringify([name, directory]);
    if (this.resolved.has(key)) return null;
    this.resolved.add(key);
    const isPath = isAbsolute(name) || /^\.\.?(?:\/|$)/.test(name);
    const mapped = above(directory).flatMap((at) => this.configsIn(at).flatMap(({ places }) => places(name)));
    const own = isPath ? [resolve(directory, name)] : inPackages(name, directory);
    const places = [...own, ...mapped].flatMap(realToo);
    for (const place of [...places, ...this.entries(name, directory, isPath, places).flatMap(realToo)]) {
      const found = this.unfitAbove(isDirectory(place) ? place : dirname(place));
      if (found !== null) return found;
    }
    return null;
  }

  /** A package says itself where it begins, and a project where what it imports as `#name` is. */
  private entries(name: string, directory: string, isPath: boolean, places: readonly string[]): string[] {
    const root = name.split('/', name.startsWith('@') ? 2 : 1).join('/');
    const packages = isPath ? [] : inPackages(root, directory);
    const project = name.startsWith('#') ? above(directory) : [];
    const holders = new Set([...places, ...packages.flatMap(realToo), ...project]);
    return [...holders].flatMap((at) => entriesOf(join(at, MANIFEST), name));
  }

  private configsIn(directory: string): TypeScriptConfig[] {
    return TYPESCRIPT.map((name) => {
      const file = join(directory, name);
      const known = this.configs.get(file) ?? typeScriptConfig(file);
      this.configs.set(file, known);
      return known;
    });
  }
}

/** A directory and those above it. */
function above(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...above(parent)];
}

function inPackages(name: string, directory: string): string[] {
  return above(directory).map((at) => join(at, 'node_modules', name));
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
  const found = unfit(module) ?? new Configurations().unfitAbove(dirname(module));
  if (found !== null) throw new InputError(found);
}
