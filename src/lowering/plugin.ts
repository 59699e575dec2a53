import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { GUARDED_BANNER } from '../bundle/bundle.js';
import { guardLoops } from '../bundle/guard-loops.js';
import { withOwnUrl } from '../bundle/own-url.js';
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
];

export function loweringPlugin(): Plugin {
  const runtime = sourceFile('lowering/yield-frames');
  let sites = 0;
  const number = (): number => sites++;
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
        const source = withOwnUrl(readFileSync(path, 'utf8'), path);
        const shown = displayPath(path);
        const guarded = isOwn ? source : guardLoops(source, path, shown);
        return {
          contents: lowerModule(guarded, shown, isTypeScript(path), runtime, number),
          loader: isTypeScript(path) ? 'ts' : 'js',
        };
      });
    },
  };
}
