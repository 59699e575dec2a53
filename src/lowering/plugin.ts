import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { GUARDED_BANNER, loaded } from '../bundle/bundle.js';
import { guardLoops } from '../bundle/guard-loops.js';
import { withOwnUrl } from '../bundle/own-url.js';
import { rewritten } from '../bundle/rewritten.js';
import { displayPath, isTypeScript, sourceFile, sourceName } from '../bundle/user-files.js';
import { lowerModule } from './lower.js';

/**
 * Lowers protocol code while it is bundled: users' modules and whatever they import, packages too, the
 * simulated kernel with what plugs into it, and our own that plain programs are made of. A generator that
 * were left as it is, between two lowered ones, would be seen by nobody: states that stand at different
 * places in it would count as one.
 */

const OWN = [
  'kernel/',
  'backends/',
  'rules/',
  'variants/',
  'machine/user-access',
  'machine/wait-until',
  'programs/',
  'csource/runtime/',
];

export function loweringPlugin(): Plugin {
  const runtime = sourceFile('lowering/yield-frames');
  const sites = new SiteNumbers();
  return {
    name: 'lowering',
    setup(build) {
      // What guarded loops call.
      const { initialOptions } = build;
      initialOptions.banner = { ...initialOptions.banner, js: initialOptions.banner?.js || GUARDED_BANNER };
      build.onLoad({ filter: /\.[cm]?[jt]s$/ }, ({ path }) => {
        const name = sourceName(path);
        const isOwn = name !== null && OWN.some((prefix) => name.startsWith(prefix));
        // The engine itself, which no script runs through; sources of ours that a module has by a path of its
        // own (the examples do) are the module's.
        if (name !== null && !isOwn) return null;
        const shown = displayPath(path);
        const first = sites.firstOf(name ?? path);
        const lower = (text: string): string =>
          lowerModule(text, shown, isTypeScript(path), runtime, numbersFrom(first), !isOwn);
        if (isOwn)
          return loaded(
            path,
            rewritten(path, `lowered ${first} ${shown}`, (text) => lower(withOwnUrl(text, path))),
          );
        const source = withOwnUrl(readFileSync(path, 'utf8'), path);
        return loaded(path, lower(guardLoops(source, path, shown)));
      });
    },
  };
}

/** Sites of a file, at most. */
const SITES_MAX = 2 ** 20;

/**
 * Numbers of sites: each its own, and the same for the same sources in whatever order files are loaded, so
 * that equal sources make equal bundles.
 */
export class SiteNumbers {
  private readonly first = new Map<number, string>();

  /** Of a file's numbers the first; they are one after the other. */
  firstOf(file: string): number {
    let hash = createHash('sha256').update(file).digest().readUInt32LE();
    while ((this.first.get(hash) ?? file) !== file) hash = (hash + 1) >>> 0;
    this.first.set(hash, file);
    return hash * SITES_MAX;
  }
}

export function numbersFrom(first: number): () => number {
  let next = first;
  return () => next++;
}
