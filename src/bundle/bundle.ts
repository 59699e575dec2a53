import { readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { OnLoadResult, Plugin } from 'esbuild';
import { buildMistake } from './build-mistake.js';
import { build } from './bundler.js';
import { COVER_BANNER } from './cover.js';
import { flatten } from './flatten.js';
import { LOOP_GUARD } from './guard-loops.js';
import { THROW_NOTES } from './note-throws.js';
import { QUIET_CONSOLE } from './quiet-console.js';
import { keepRewritten, rewritten } from './rewritten.js';
import { stripGenerators } from './strip.js';
import { writeOutput } from './temporary.js';
import { isTypeScript, isUserFile, SOURCES, sourceFile, sourceName } from './user-files.js';
import { entryWith, type ModulesToBundle, userModulesPlugin } from './user-modules.js';

/**
 * Makes what worker threads run: one plain module out of a worker's entry and, perhaps, users' modules. The
 * stripped build has protocol code as plain functions over operations that act at once: its plugin strips the
 * generators and puts the stripped machine in the place of the explorer's. The explorer's has generators that
 * delegate to nobody (flatten.ts). esbuild drops the types.
 *
 * Works on the files on disk, TypeScript in a clone and JavaScript in the package, and never goes through a
 * test runner's transforms.
 */

/** Folders and files whose generators are protocol code. */
const PROTOCOL = [
  'kernel/',
  'backends/',
  'rules/',
  'machine/user-access',
  'machine/wait-until',
  'programs/',
  'csource/runtime/',
];

/**
 * Modules that the stripped build has its own of: explorer's, stripped. Paths under the root of the sources,
 * without extension.
 */
const SWAPPED: Readonly<Record<string, string>> = {
  'machine/cpu': 'machine/stripped/cpu',
  'machine/machine': 'machine/stripped/machine',
  'machine/layout': 'machine/stripped/layout',
  'machine/frame-bits': 'machine/stripped/frame-bits',
  'machine/protocol-function': 'machine/stripped/protocol-function',
};

/** The same beside users' code: what it gives to operations is looked at. */
const SWAPPED_FOR_USERS: Readonly<Record<string, string>> = {
  ...SWAPPED,
  'machine/cpu': 'machine/stripped/checked-cpu',
};

/** How files are rewritten, whoever asks for it; other translations name files as who runs them sees them. */
const STRIPPED = 'stripped';
const FLAT = 'flat ';

export interface BundleOptions {
  /** The entry: a path under the root of the sources, without extension; or an absolute one. */
  readonly entry: string;
  readonly outfile: string;
  /** Keeps the explorer's page-table format, so that memory can be compared word by word. */
  readonly sameFormat?: boolean;
  /** Keeps the explorer's machine and its generators: for exploring and lockstep. */
  readonly plain?: boolean;
  /** Keeps `yield*` too: slower, and the stack of what a function throws has all its callers. */
  readonly delegating?: boolean;
  /** Users' modules; the worker is told what they define. */
  readonly modules?: ModulesToBundle;
  /** Asked for each file before our own plugins: other translations of protocol code. */
  readonly plugins?: readonly Plugin[];
  /** What they make, where it is the same for the same text. */
  readonly translation?: string;
}

/** How every bundle is made. */
export const OUTPUT = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Beside the bundle: hundreds of threads would read one that is in it.
  sourcemap: 'linked',
  logLevel: 'silent',
  // Written by writeOutput, so that a full disk is reported as one.
  write: false,
} as const;

/** The first lines of a bundle in which users' code is explored. */
export const GUARDED_BANNER = `${QUIET_CONSOLE}\n${THROW_NOTES}\n${LOOP_GUARD}\n${COVER_BANNER}`;
const STRIPPED_BANNER = `${QUIET_CONSOLE}\n${THROW_NOTES}`;

/**
 * Writes the bundle. Throws a one-line Error for what cannot be stripped or is missing, and InputError for
 * what users' files make impossible: the bundler reads the package.json where it is started, too.
 */
export async function bundle(options: BundleOptions): Promise<void> {
  const { outfile, modules = null, plain = false, delegating = false } = options;
  const entry = isAbsolute(options.entry) ? options.entry : sourceFile(options.entry);
  const own = modules === null || modules.paths.length === 0 ? null : modules;
  const key =
    own === null && (options.plugins === undefined) === (options.translation === undefined)
      ? keyOf(entry, options)
      : null;
  const before = key === null ? undefined : made.get(key);
  if (before !== undefined) {
    writeOutput(before.map((file) => ({ ...file, path: join(dirname(outfile), basename(file.path)) })));
    return;
  }
  const { outputFiles } = await build({
    stdin: { contents: entryWith(entry, own?.paths ?? []), resolveDir: SOURCES },
    outfile,
    ...OUTPUT,
    banner: own !== null ? { js: plain ? GUARDED_BANNER : STRIPPED_BANNER } : {},
    plugins: [
      ...(options.plugins ?? []),
      ...(plain
        ? []
        : [stripPlugin(options.sameFormat === true, own === null ? SWAPPED : SWAPPED_FOR_USERS)]),
      ...(own !== null
        ? [userModulesPlugin(plain ? (delegating ? 'delegating' : 'flat') : 'stripped', own)]
        : []),
      ...(plain && !delegating ? [flatPlugin()] : []),
    ],
  }).catch((error) => {
    throw buildMistake(error);
  });
  keepRewritten((how) => how.startsWith(STRIPPED) || how.startsWith(FLAT));
  const files = (outputFiles ?? []).map(({ path, contents }) => ({ path, contents }));
  if (key !== null) made.set(key, files);
  writeOutput(files);
}

/**
 * Bundles of nothing but our own sources, which are the same all through a process: a test run, or a script,
 * that opens one pool after the other makes each once.
 */
const made = new Map<string, readonly { readonly path: string; readonly contents: Uint8Array }[]>();

function keyOf(entry: string, { outfile, translation, ...kinds }: BundleOptions): string {
  // Its source map has paths relative to where it lies, its code the map's name.
  const place = [dirname(dirname(outfile)), basename(outfile)];
  const { sameFormat, plain, delegating } = kinds;
  return JSON.stringify([entry, ...place, translation, sameFormat, plain, delegating]);
}

function stripPlugin(sameFormat: boolean, swaps: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'strip',
    setup(build) {
      build.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        const name = sourceName(path);
        if (name === null) return null;
        const swapped = sameFormat && name === 'machine/frame-bits' ? undefined : swaps[name];
        if (swapped !== undefined) {
          const file = sourceFile(swapped);
          // The content comes from elsewhere, so its own imports are relative to where it lies.
          return { contents: readFileSync(file, 'utf8'), loader: loaderOf(file), resolveDir: dirname(file) };
        }
        if (!PROTOCOL.some((prefix) => name.startsWith(prefix))) return null;
        return loaded(
          path,
          rewritten(path, STRIPPED, (source) => stripGenerators(source, path)),
        );
      });
    },
  };
}

function flatPlugin(): Plugin {
  return {
    name: 'flat',
    setup(build) {
      build.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
        const name = sourceName(path);
        if (name === null && !isUserFile(path)) return null;
        const isProtocol = name !== null && PROTOCOL.some((prefix) => name.startsWith(prefix));
        const generators = isProtocol ? 'protocol' : 'mixed';
        return loaded(
          path,
          rewritten(path, `${FLAT}${generators}`, (source) => flatten(source, path, generators)),
        );
      });
    },
  };
}

/** Null leaves a file that stays as it is to esbuild: handing texts over costs as much as reading them. */
export function loaded(path: string, contents: string | null): OnLoadResult | null {
  return contents === null ? null : { contents, loader: loaderOf(path) };
}

function loaderOf(file: string): 'ts' | 'js' {
  return isTypeScript(file) ? 'ts' : 'js';
}
