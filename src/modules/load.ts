import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Metafile, Plugin } from 'esbuild';
import { GUARDED_BANNER, OUTPUT } from '../bundle/bundle.js';
import { coveredFile } from '../bundle/guard-loops.js';
import type { Modules } from '../bundle/modules.js';
import { BundlePlaces, userError } from '../bundle/places.js';
import { makeTemporary, removeTemporary, writeOutput } from '../bundle/temporary.js';
import { displayPath, isGenerated, isUserFile } from '../bundle/user-files.js';
import { C_RUNTIME, moduleByNumber, resolveByNumber, userFile } from '../bundle/user-modules.js';
import {
  type Definitions,
  exportedDefinitions,
  exportedValues,
  hiddenBases,
} from '../programs/definitions.js';
import { plainError } from '../seal/thrown.js';
import { errorCode, InputError, systemReason } from '../vocabulary/errors.js';
import type { KernelSourceRef, ModuleRef } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { refuseComputedImports } from './computed-imports.js';
import { requireReadable, tooLarge } from './input-size.js';
import { refOf, requireWhole } from './inputs.js';
import { protocolMistake } from './protocol-check.js';
import { requireSame } from './same-modules.js';
import { scenariosAmong } from './scenarios.js';
import { typeMistake } from './type-check.js';

/**
 * Reads users' modules: types checked, bundled, evaluated, looked through. Every mistake in them is an
 * InputError `file:line: what`.
 */

/** What modules export, and they themselves, for whoever is to know what they define by name. */
export interface Loaded extends Definitions {
  readonly scenarios: readonly Scenario[];
  readonly modules: Modules;
}

export interface LoadOptions {
  /** The public API, which the modules import as `shootdown`. */
  readonly api: object;
  /**
   * The source file of that API: workers get it bundled with the modules, and types are checked against it.
   */
  readonly apiFile: string;
  readonly typeCheck: boolean;
  /**
   * What the modules must be for this to make sense, one per file: a module that has changed is refused
   * before any of it runs.
   */
  readonly expected?: readonly ModuleRef[];
  /** Modules that are translations of C text, and what there is to say of them. */
  readonly sources?: LoadedSources;
}

/** Translations of kernels' C text. */
export interface LoadedSources {
  /** Their generated modules. */
  readonly files: readonly string[];
  readonly refs: readonly KernelSourceRef[];
  /** What they import as `shootdown/c-runtime`. */
  readonly runtimeFile: string;
}

/** How long a module may take until it is evaluated. */
const PATIENCE_MS = 10_000;
const SOURCE_FILE = /\.[cm]?[jt]sx?$/;
const MODULE_FILE = /\.[cm]?[jt]s$/;

/** Reads modules. Throws InputError. */
export async function loadModules(
  given: readonly string[],
  { api, apiFile, typeCheck, expected, sources: ofC }: LoadOptions,
): Promise<Loaded> {
  // Real paths: through a link the bundler would read a file that we do not know it by.
  const files = [...new Set([...given, ...(ofC?.files ?? [])].map(realFile))];
  if (typeCheck) {
    const mistake = await typeMistake(files, apiFile, expected !== undefined);
    if (mistake !== null) throw new InputError(mistake);
  }
  const folder = makeTemporary();
  try {
    const outfile = join(folder, 'modules.mjs');
    const metafile = await bundleModules(files, outfile, api, ofC?.runtimeFile);
    requireWhole(metafile);
    const refs = files.filter((file) => !isGenerated(file)).map((file) => refOf(file, metafile));
    refuseComputedImports(inputFiles(metafile));
    if (expected !== undefined) requireSame(refs, expected, metafile);
    const places = new BundlePlaces(outfile).keep();
    const modules = await evaluate(files, outfile, api, places);
    const { exported, scenarios } = lookedThrough(modules, files, places);
    const written = userInputs(metafile).filter((path) => !isGenerated(path));
    const sources = written.map((path) => ({
      path: displayPath(path),
      text: readFileSync(path, 'utf8'),
    }));
    const mistake = protocolMistake(sources, api, exported.variants.length > 0);
    if (mistake !== null) throw new InputError(mistake);
    requireDistinct(files, [...exported.variants, ...exported.programs, ...scenarios]);
    const covered = written.flatMap(
      (path) => coveredFile(readFileSync(path, 'utf8'), path, displayPath(path)) ?? [],
    );
    const variants = [...exported.variants, ...hiddenBases(exported.variants)];
    const own: Modules = {
      variants,
      programs: exported.programs,
      paths: files,
      apiFile,
      ...(ofC === undefined ? {} : { cRuntimeFile: ofC.runtimeFile }),
      refs,
      kernelSources: ofC?.refs ?? [],
      places,
      covered,
    };
    return { ...exported, scenarios, modules: own };
  } finally {
    removeTemporary(folder);
  }
}

/** The real path of a module. Throws InputError for what cannot be one. */
function realFile(given: string): string {
  const shown = displayPath(resolve(given));
  const refuse = (): never => {
    throw new InputError(`${shown}: not a module`, 'give a .ts, .mts, .js or .mjs file');
  };
  if (!MODULE_FILE.test(given)) refuse();
  try {
    const file = realpathSync(resolve(given));
    // A link may lead to anything.
    if (!MODULE_FILE.test(file)) refuse();
    // Nothing is read in its place: on Windows, and by the bundler everywhere, it separates folders.
    if (sep === '/' && file.includes('\\'))
      throw new InputError(`${shown}: a path of a module cannot have a backslash`, 'rename it');
    const stats = statSync(file);
    if (!stats.isFile()) throw new InputError(`${shown}: not a regular file`, 'give a module');
    requireReadable(file);
    accessSync(file, constants.R_OK);
    return file;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    throw new InputError(`${shown}: cannot be read: ${systemReason(error)}`, 'give the path of a module');
  }
}

/** Under which a bundle finds the API: several may be read at a time. */
const apiKey = (outfile: string): string => `shootdown.api of ${outfile}`;

async function bundleModules(
  files: readonly string[],
  outfile: string,
  api: object,
  runtimeFile?: string,
): Promise<Metafile> {
  const { build } = await import('esbuild');
  // The very objects of this process, not a second copy of them: what a module defines is recognised by them.
  const contents = [
    `const api = globalThis[Symbol.for(${JSON.stringify(apiKey(outfile))})];`,
    // Under names that no module has: the bundler would give the module's own function another one, and a
    // timeline shows it.
    ...Object.keys(api).map(
      (name) => `const shootdown_${name} = api.${name}; export { shootdown_${name} as ${name} };`,
    ),
  ].join('\n');
  const plugin: Plugin = {
    name: 'modules',
    setup(setup) {
      resolveByNumber(setup, files);
      setup.onResolve({ filter: /^shootdown$/ }, ({ kind }) =>
        // In a worker it would bring in all of the package, with what is only for the thread that starts
        // workers.
        kind === 'require-call'
          ? {
              errors: [
                {
                  text:
                    'a module is no CommonJS: write import { plainProgram } from "shootdown", and ' +
                    'export what is to be hunted',
                },
              ],
            }
          : { path: 'shootdown', namespace: 'api' },
      );
      setup.onResolve({ filter: C_RUNTIME }, () => ({ path: runtimeFile }));
      setup.onLoad({ filter: /.*/, namespace: 'api' }, () => ({ contents, loader: 'js' }));
      setup.onLoad({ filter: /.*/ }, ({ path }) => {
        const text = tooLarge(path);
        if (text !== null) return { errors: [{ text }] };
        return isUserFile(path) && SOURCE_FILE.test(path) ? userFile(path, 'guarded') : null;
      });
    },
  };
  try {
    const result = await build({
      stdin: {
        contents: files
          .map((_, index) => `export * as module${index} from ${JSON.stringify(moduleByNumber(index))};`)
          .join('\n'),
        resolveDir: process.cwd(),
      },
      outfile,
      ...OUTPUT,
      metafile: true,
      banner: { js: GUARDED_BANNER },
      plugins: [plugin],
    });
    writeOutput(result.outputFiles ?? []);
    return result.metafile;
  } catch (error) {
    throw bundleMistake(error);
  }
}

function bundleMistake(error: unknown): unknown {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) return error;
  const text = first.text.replace('"api:shootdown"', '"shootdown"');
  const place =
    first.location === null ? '' : `${displayPath(resolve(first.location.file))}:${first.location.line}: `;
  return new InputError(`${place}${text}`);
}

async function evaluate(
  files: readonly string[],
  outfile: string,
  api: object,
  places: BundlePlaces,
): Promise<object[]> {
  const known = globalThis as Record<symbol, unknown>;
  known[Symbol.for(apiKey(outfile))] = api;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new InputError(
            `${awaitIn(files)}: not loaded after ${PATIENCE_MS / 1000} s: an await at its top does not end`,
          ),
        );
      }, PATIENCE_MS);
    });
    const namespace = (await Promise.race([
      import(/* @vite-ignore */ pathToFileURL(outfile).href),
      late,
    ])) as Record<string, object>;
    return files.map((_, index) => namespace[`module${index}`]);
  } catch (error) {
    throw loadMistake(error, files, places);
  } finally {
    clearTimeout(timer);
    delete known[Symbol.for(apiKey(outfile))];
  }
}

/** What the modules define. What they export may be an object that throws when it is looked at. */
function lookedThrough(
  modules: readonly object[],
  files: readonly string[],
  places: BundlePlaces,
): { readonly exported: Definitions; readonly scenarios: readonly Scenario[] } {
  try {
    const exported = exportedDefinitions(modules);
    const scenarios = modules.flatMap((module, index) =>
      scenariosAmong(exportedValues(module), displayPath(files[index])),
    );
    requireSomething(files, modules, scenarios, exported);
    return { exported, scenarios };
  } catch (error) {
    throw loadMistake(error, files, places);
  }
}

function loadMistake(thrown: unknown, files: readonly string[], places: BundlePlaces): InputError {
  if (thrown instanceof InputError) return thrown;
  const message = `${files.map(displayPath).join(', ')}: cannot be loaded: ${plainError(thrown).message}`;
  return userError(thrown, places, files) ?? new InputError(message);
}

/** Where the first await of the modules stands; there is one, or they would have been loaded. */
function awaitIn(files: readonly string[]): string {
  for (const file of files) {
    const line = readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((text) => /(?<!\/\/.*)\bawait\b/.test(text));
    if (line >= 0) return `${displayPath(file)}:${line + 1}`;
  }
  return displayPath(files[0]);
}

/** The files of a bundle, in a fixed order. */
function inputFiles(metafile: Metafile): string[] {
  return Object.keys(metafile.inputs).flatMap((input) => (/^(?:api:|<)/.test(input) ? [] : [resolve(input)]));
}

/** The user's own code among them. */
function userInputs(metafile: Metafile): string[] {
  return inputFiles(metafile).filter((path) => isUserFile(path) && SOURCE_FILE.test(path));
}

function requireSomething(
  files: readonly string[],
  modules: readonly object[],
  scenarios: readonly Scenario[],
  { variants, programs }: Definitions,
): void {
  const known = new Set<unknown>([...scenarios, ...variants, ...programs]);
  for (const [index, module] of modules.entries()) {
    if (exportedValues(module).some((value) => known.has(value))) continue;
    // A file without any import or export counts as a CommonJS module, whose exports are an empty object.
    const names = Object.entries(module).flatMap(([name, value]) =>
      name === 'default' && isEmpty(value) ? [] : [name],
    );
    const found =
      names.length === 0
        ? 'exports nothing'
        : `exports nothing that can be hunted (${names.slice(0, 5).join(', ')})`;
    throw new InputError(
      `${displayPath(files[index])}:1: ${found}`,
      'export what plainProgram, defineVariant or defineScenario returns',
    );
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function requireDistinct(files: readonly string[], definitions: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of definitions) {
    if (seen.has(name))
      throw new InputError(
        `${files.map(displayPath).join(', ')}: two definitions are named "${name}"`,
        'names must differ',
      );
    seen.add(name);
  }
}
