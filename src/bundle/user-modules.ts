import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { OnLoadResult, Plugin, PluginBuild } from 'esbuild';
import { flatten } from './flatten.js';
import { guardAndCover, guardLoops, noteThrows } from './guard-loops.js';
import { withOwnUrl } from './own-url.js';
import { stripGenerators } from './strip.js';
import { displayPath, isGenerated, isTypeScript, isUserFile, sourceFile, sourceName } from './user-files.js';

/**
 * Users' modules in a bundle. `import 'shootdown'` in them means the same build as the worker's around them,
 * whatever is installed where the module lies; their generators are stripped in a stripped bundle as the
 * kernel's are, and their loops guarded in one that is explored.
 */

/**
 * `stripped`: for threads. `guarded`: for the process that loads them. For workers that explore, guarded and
 * with what runs noted: `flat`, and `delegating`, with every `yield*`.
 */
export type UserCode = 'stripped' | 'guarded' | 'flat' | 'delegating';

const SOURCE_FILE = /\.[cm]?[jt]sx?$/;
const API = /^shootdown$/;
export const C_RUNTIME = /^shootdown\/c-runtime$/;

/**
 * Users' modules, and what `import 'shootdown'` in them means: a file of the sources that this room does not
 * know by itself.
 */
export interface ModulesToBundle {
  /** Absolute paths. */
  readonly paths: readonly string[];
  /** The file of the public API. */
  readonly apiFile: string;
  /** The file that generated modules import as `shootdown/c-runtime`, where there are such. */
  readonly cRuntimeFile?: string;
}

/**
 * How generated text names a module: an import of its path would be resolved, and a path may hold what a
 * bundler takes for a pattern.
 */
const BY_NUMBER = /^user-module:(\d+)$/;

export function moduleByNumber(index: number): string {
  return `user-module:${index}`;
}

/** Resolves what moduleByNumber names. */
export function resolveByNumber(build: PluginBuild, paths: readonly string[]): void {
  build.onResolve({ filter: BY_NUMBER }, ({ path }) => ({ path: paths[Number(BY_NUMBER.exec(path)?.[1])] }));
}

export function userModulesPlugin(code: UserCode, { paths, apiFile, cRuntimeFile }: ModulesToBundle): Plugin {
  const require = createRequire(import.meta.url);
  return {
    name: 'user-modules',
    setup(build) {
      resolveByNumber(build, paths);
      // Without side effects: what a module does not use of the API is not in its worker.
      build.onResolve({ filter: API }, () => ({ path: apiFile, sideEffects: false }));
      build.onResolve({ filter: C_RUNTIME }, () => ({ path: cRuntimeFile, sideEffects: false }));
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
        // Our own dependencies are not to be found from where the bundle lies.
        if (kind === 'entry-point' || sourceName(importer) === null || path.startsWith('node:')) return null;
        return { path: pathToFileURL(require.resolve(path)).href, external: true };
      });
      build.onLoad({ filter: SOURCE_FILE }, ({ path }) => (isUserFile(path) ? userFile(path, code) : null));
    },
  };
}

export function userFile(path: string, code: UserCode): OnLoadResult {
  const source = withOwnUrl(readFileSync(path, 'utf8'), path);
  const name = displayPath(path);
  if (isGenerated(path)) return { contents: generated(source, path, code), loader: 'js' };
  const contents = {
    stripped: () => noteThrows(stripGenerators(source, name), path),
    guarded: () => guardLoops(source, path, name),
    flat: () => guardAndCover(flatten(source, path, 'mixed'), path, name),
    delegating: () => guardAndCover(source, path, name),
  }[code]();
  return { contents, loader: isTypeScript(path) ? 'ts' : 'js' };
}

/** The translation of a kernel's C text: nobody wrote its loops and throws, and none of it is left out. */
function generated(source: string, path: string, code: UserCode): string {
  if (code === 'stripped') return stripGenerators(source, displayPath(path));
  return code === 'flat' ? flatten(source, path, 'protocol') : source;
}

/**
 * What a worker runs: the entry, whose `start` is told what the users' modules define, and answers what
 * others may ask of it by name, if they may. The default export hands them on.
 */
export function entryWith(entry: string, modules: readonly string[]): string {
  const names = modules.map((_, index) => `module${index}`);
  return [
    ...(modules.length === 0 ? [] : [`import ${JSON.stringify(sourceFile('seal/in-worker'))};`]),
    ...names.map((name, index) => `import * as ${name} from ${JSON.stringify(moduleByNumber(index))};`),
    `import { definitionsOf } from ${JSON.stringify(sourceFile('programs/definitions'))};`,
    `import { answering } from ${JSON.stringify(sourceFile('seal/answered'))};`,
    `import * as worker from ${JSON.stringify(entry)};`,
    `export * from ${JSON.stringify(entry)};`,
    `const tasks = worker.start?.(definitionsOf([${names.join(', ')}]));`,
    'export default ({ task, argument }) => answering(() => tasks[task](argument));',
  ].join('\n');
}
