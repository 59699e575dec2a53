import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { blankGenerators } from './blank.js';

/**
 * Makes the stripped build: one plain module out of a worker's entry, with protocol code as plain functions over operations that act at
 * once. esbuild drops the types; this plugin blanks the generators and puts the stripped machine in the place of the explorer's.
 *
 * Works on the files on disk, TypeScript in a clone and JavaScript in the package, and never goes through a test runner's transforms.
 */

/** The root of the sources: `src/` in a clone, `dist/src/` in the package. */
const SOURCES = fileURLToPath(new URL('../', import.meta.url));

/** Folders and files whose generators are protocol code. */
const PROTOCOL = ['kernel/', 'backends/', 'rules/', 'machine/user-access', 'stress/doorbell', 'stress/empty-handler'];

/** Modules that the stripped build has its own of: explorer's, stripped. Paths under the root of the sources, without extension. */
const SWAPPED: Readonly<Record<string, string>> = {
  'machine/cpu': 'machine/stripped/cpu',
  'machine/machine': 'machine/stripped/machine',
  'machine/layout': 'machine/stripped/layout',
  'machine/frame-bits': 'machine/stripped/frame-bits',
};

export interface BundleOptions {
  /** The entry: a path under the root of the sources, without extension; or an absolute one. */
  readonly entry: string;
  readonly outfile: string;
  /** Keeps the explorer's page-table format, so that memory can be compared word by word. */
  readonly sameFormat?: boolean;
  /** Keeps the explorer's machine and its generators: for lockstep. */
  readonly plain?: boolean;
}

/** Writes the bundle. Throws a one-line Error for what cannot be stripped or is missing. */
export async function bundle(options: BundleOptions): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [isAbsolute(options.entry) ? options.entry : sourceFile(options.entry)],
    outfile: options.outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Beside the bundle: hundreds of threads would read one that is in it.
    sourcemap: 'linked',
    logLevel: 'silent',
    plugins: options.plain === true ? [] : [stripPlugin(options.sameFormat === true)],
  });
}

function stripPlugin(sameFormat: boolean): Plugin {
  return {
    name: 'strip',
    setup(build) {
      build.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        const name = nameOf(path);
        if (name === null) return null;
        const swapped = sameFormat && name === 'machine/frame-bits' ? undefined : SWAPPED[name];
        if (swapped !== undefined) {
          const file = sourceFile(swapped);
          // The content comes from elsewhere, so its own imports are relative to where it lies.
          return { contents: readFileSync(file, 'utf8'), loader: loaderOf(file), resolveDir: dirname(file) };
        }
        if (!PROTOCOL.some((prefix) => name.startsWith(prefix))) return null;
        return { contents: blankGenerators(readFileSync(path, 'utf8'), path), loader: loaderOf(path) };
      });
    },
  };
}

/** `kernel/smp` for a file under the sources, null for any other. */
function nameOf(path: string): string | null {
  const name = relative(SOURCES, path);
  if (name.startsWith('..')) return null;
  return name
    .split(sep)
    .join('/')
    .replace(/\.[jt]s$/, '');
}

function sourceFile(name: string): string {
  const found = ['.ts', '.js'].map((extension) => join(SOURCES, name + extension)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`the installation is incomplete: ${name} is missing`);
  return found;
}

function loaderOf(file: string): 'ts' | 'js' {
  return file.endsWith('.ts') ? 'ts' : 'js';
}
