import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { displayPath, isUserFile } from '../bundle/user-files.js';
import { InputError } from '../vocabulary/errors.js';
import type { ModuleRef } from '../vocabulary/finding.js';
import { type CompileSettings, SettingsOfFiles } from './compile-settings.js';
import { unfit } from './input-size.js';
import { lineOf } from './line-of.js';

/**
 * What a module is made of: every file that the bundler read for it, wherever it lies. A finding says of its
 * module a hash over them all, so what could run without being in the hash must not be there: it is refused.
 */

/** What a bundle imports of shootdown, as the bundler names it. */
const API_INPUT = 'api:shootdown';
/**
 * Node's own modules by which code could be run that nobody has hashed, or in a place where nobody watches
 * it.
 */
const LOADERS: ReadonlySet<string> = new Set([
  'module',
  'vm',
  'worker_threads',
  'child_process',
  'cluster',
  'inspector',
  'repl',
  'v8',
  'wasi',
]);

interface Graph {
  /** Real paths in the order in which they are reached: the module first. */
  readonly files: readonly string[];
  /** By file: what it imports, as numbers of `files`. */
  readonly edges: readonly (readonly number[])[];
  readonly reachesApi: boolean;
  readonly hasCommonJs: boolean;
}

/**
 * What a finding says of a module. `file` is a real path. Throws InputError for imports that cannot be
 * hashed.
 */
export function refOf(file: string, metafile: Metafile): ModuleRef {
  const graph = graphOf(file, metafile);
  const settings = new SettingsOfFiles(graph.hasCommonJs);
  return refOfGraph(file, graph, (path) => settings.of(path));
}

/**
 * The hash as findings had it before it said how files are compiled. The same as today's where no
 * configuration says anything of that.
 */
export function hashOfTexts(file: string, metafile: Metafile): string {
  return refOfGraph(file, graphOf(file, metafile), () => []).sha256;
}

function refOfGraph(
  file: string,
  { files, edges }: Graph,
  settingsOf: (path: string) => CompileSettings,
): ModuleRef {
  // The bundler is told where the module lies, and asks no configuration about what it has not looked for.
  const isLookedFor = (index: number): boolean => index > 0 || edges.some((own) => own.includes(0));
  const hash = createHash('sha256');
  const packages = new Set<string>();
  for (const [index, path] of files.entries()) {
    const inPackage = packageOf(path);
    if (inPackage !== null) packages.add(inPackage);
    const bytes = readFileSync(path);
    // Lengths and counts first, so that no two graphs give the same stream. Names within the project do not
    // count, contents do.
    const settings = isLookedFor(index) ? settingsOf(path) : [];
    const head = [bytes.length, inPackage, edges[index], ...(settings.length === 0 ? [] : [settings])];
    hash.update(`${JSON.stringify(head)}\n`).update(bytes);
  }
  const named = packages.size === 0 ? {} : { packages: [...packages].sort() };
  return { file: displayPath(file), sha256: hash.digest('hex'), inputs: files.length, ...named };
}

/**
 * The hash as findings had it before they told the number of inputs, or null where that hash leaves something
 * out. It went over the user's files only, so one of a module that reaches a package vouches for nothing.
 */
export function formerHashOf(file: string, metafile: Metafile): string | null {
  const { files } = graphOf(file, metafile);
  if (!files.every(isUserFile)) return null;
  const hash = createHash('sha256');
  for (const path of files) {
    const bytes = readFileSync(path);
    hash.update(`${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * Whether a module imports shootdown, itself or through others: whoever does not can have nothing to do with
 * a finding.
 */
export function reachesApi(file: string, metafile: Metafile): boolean {
  return graphOf(file, metafile).reachesApi;
}

function graphOf(file: string, metafile: Metafile): Graph {
  const byPath = new Map(Object.keys(metafile.inputs).map((input) => [resolve(input), input]));
  const first = byPath.get(file);
  if (first === undefined)
    throw new InputError(
      `${displayPath(file)}: the bundler read something else in its place`,
      'give its real path',
    );
  const numbers = new Map<string, number>();
  const files: string[] = [];
  const targets: string[][] = [];
  let api = false;
  // Depth first, in the order of the imports; with a stack of its own, since nobody bounds how deep a
  // stranger's imports go.
  const open = [first];
  for (let input = open.pop(); input !== undefined; input = open.pop()) {
    if (numbers.has(input)) continue;
    const path = resolve(input);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw unhashed(first, input);
    numbers.set(input, files.push(path) - 1);
    const own: string[] = [];
    for (const { path: next, external } of metafile.inputs[input]?.imports ?? []) {
      if (external === true) continue;
      if (next === API_INPUT) api = true;
      // The text of a data URL stands in the import itself; an import that nobody uses is none of the bundle.
      else if (!next.startsWith('<data:') && metafile.inputs[next] !== undefined) own.push(next);
    }
    targets.push(own);
    open.push(...own.toReversed());
  }
  const edges = targets.map((own) => own.map((input) => numbers.get(input) ?? -1));
  const hasCommonJs = [...numbers.keys()].some((input) => metafile.inputs[input]?.format === 'cjs');
  return { files, edges, reachesApi: api, hasCommonJs };
}

/**
 * Throws InputError for what a bundle still imports when it runs, unless Node has it and it loads no code.
 */
export function requireWhole({ inputs, outputs }: Metafile): void {
  for (const { path: name, kind, external } of Object.values(outputs).flatMap((output) => output.imports)) {
    if (external !== true) continue;
    const importers = Object.keys(inputs).filter((input) =>
      inputs[input]?.imports.some((one) => one.external && one.path === name),
    );
    const paths = importers.map((input) => resolve(input));
    const importer = paths.find(isUserFile) ?? paths[0] ?? '';
    const where = () => (importer === '' ? '' : `${displayPath(importer)}:${lineOf(importer, name)}: `);
    if (!isBuiltin(name)) {
      // In a bundle of ES modules this throws where it runs; packages do so to see what is installed.
      if (kind.startsWith('require') && !paths.some(isUserFile)) continue;
      throw new InputError(
        `${where()}"${name}" is only looked for when the module runs`,
        'import a file that is there, by its name',
      );
    }
    if (LOADERS.has(name.replace(/^node:/, '').replace(/\/.*/, '')))
      throw new InputError(
        `${where()}"${name}" can run code that no finding names`,
        'a module of programs has no use for it, leave it out',
      );
  }
}

function unhashed(module: string, input: string): InputError {
  return new InputError(
    `${displayPath(resolve(module))}: imports "${input}", which is no file on disk`,
    'import files only',
  );
}

/** `name 1.2.3` of the package that a file is of, null for the project's own files. */
function packageOf(path: string): string | null {
  if (!/[\\/]node_modules[\\/]/.test(path)) return null;
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) {
    const { name, version } = manifestIn(at);
    if (typeof name === 'string' && typeof version === 'string') return `${name} ${version}`.slice(0, 200);
  }
  return 'a package without a version';
}

function manifestIn(directory: string): { readonly name?: unknown; readonly version?: unknown } {
  try {
    const file = join(directory, 'package.json');
    const value: unknown = unfit(file) === null ? JSON.parse(readFileSync(file, 'utf8')) : {};
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
