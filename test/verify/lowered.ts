import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { bundle } from '../../src/bundle/bundle.js';
import { sourceName } from '../../src/bundle/user-files.js';
import { lowerModule } from '../../src/lowering/lower.js';
import { loweringPlugin } from '../../src/lowering/plugin.js';

/** Absolute path of a file of the project. */
export function projectFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** A fault planted in what is bundled: in the files whose names end so, the text is replaced. */
export interface Fault {
  readonly file: string;
  readonly text: string | RegExp;
  readonly by: string;
}

/**
 * The fault in our own text, which is then lowered where it is the simulated kernel's; for `entry.ts` in the
 * lowered text. Throws where there is nothing to replace.
 */
function planted(fault: Fault): Plugin {
  return {
    name: 'fault',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.endsWith(fault.file)) return null;
        const source = readFileSync(path, 'utf8');
        // Numbers of their own, beside those of the plugin.
        let sites = 1_000_000;
        const runtime = projectFile('src/lowering/yield-frames.ts');
        const lowered = (text: string): string =>
          lowerModule(text, path, true, runtime, () => sites++, !path.includes('/src/'));
        const isEntry = fault.file === 'entry.ts';
        const text = isEntry ? lowered(source) : source;
        const replaced = text.replaceAll(fault.text, fault.by);
        if (replaced === text) throw new Error(`${fault.file} has no ${fault.text}`);
        const faulty =
          fault.file.startsWith('kernel/') && path.includes('/src/kernel/') ? lowered(replaced) : replaced;
        return { contents: faulty, loader: 'ts' };
      });
    },
  };
}

/**
 * What the examples import. Packages of our own sources are loaded and not lowered, as in the bundle of users'
 * modules: no script runs through them, and parsing all of them takes a minute.
 */
const api: Plugin = {
  name: 'api',
  setup(build) {
    const require = createRequire(import.meta.url);
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point' || path === 'shootdown' || path.startsWith('node:')) return null;
      if (sourceName(importer) === null) return null;
      return { path: pathToFileURL(require.resolve(path)).href, external: true };
    });
    build.onResolve({ filter: /^shootdown$/ }, () => ({
      path: projectFile('src/index.ts'),
      sideEffects: false,
    }));
  },
};

/** Bundles the text of a module with its protocol code lowered, and evaluates it here. */
export async function evaluateLowered<Module>(text: string, fault: Fault | null = null): Promise<Module> {
  const directory = mkdtempSync(join(tmpdir(), 'lowered-'));
  try {
    const entry = join(directory, 'entry.ts');
    writeFileSync(entry, text);
    const outfile = join(directory, 'bundle.mjs');
    await bundle({
      entry,
      outfile,
      plain: true,
      delegating: true,
      plugins: [api, ...(fault === null ? [] : [planted(fault)]), loweringPlugin()],
    });
    return (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as Module;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
