import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { coveredFile } from '../bundle/guard-loops.js';
import type { Modules } from '../bundle/modules.js';
import { BundlePlaces } from '../bundle/places.js';
import { makeTemporary, removeTemporary } from '../bundle/temporary.js';
import { displayPath, isGenerated } from '../bundle/user-files.js';
import { type Definitions, hiddenBases } from '../programs/definitions.js';
import { errorCode, InputError } from '../vocabulary/errors.js';
import type { KernelSourceRef, ModuleRef } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { bundleModules, inputFiles, userInputs } from './bundle-modules.js';
import { refuseComputedImports } from './computed-imports.js';
import { evaluate } from './evaluate.js';
import { refOf, requireWhole } from './inputs.js';
import { lookedThrough, requireDistinct } from './looked-through.js';
import { moduleFile } from './module-file.js';
import { protocolMistake } from './protocol-check.js';
import { requireSame } from './same-modules.js';
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
  /**
   * Whether their types are checked. Modules of a finding: only if one of them is no longer what it was; what
   * the finding was made with was checked then, or its author did not want that.
   */
  readonly typeCheck: boolean | readonly ModuleRef[];
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

/** Reads modules. Throws InputError. */
export async function loadModules(
  given: readonly string[],
  { api, apiFile, typeCheck, expected, sources: ofC }: LoadOptions,
): Promise<Loaded> {
  // Real paths: through a link the bundler would read a file that we do not know it by.
  const files = [...new Set([...given, ...(ofC?.files ?? [])].map(moduleFile))];
  const bundleTo = (outfile: string) => bundleModules(files, outfile, api, ofC?.runtimeFile);
  const isChecked =
    typeof typeCheck === 'boolean'
      ? typeCheck
      : !(await inTemporary((outfile) => isSame(files, typeCheck, () => bundleTo(outfile))));
  // Before the bundle that is evaluated: the compiler tells more of a mistake than the bundler. And while
  // there is nothing to take away: it may be busy for minutes, and a signal that is to be heard of is not.
  if (isChecked) {
    const mistake = await typeMistake(files, apiFile, expected !== undefined);
    if (mistake !== null) throw new InputError(mistake);
  }
  return inTemporary(async (outfile) => {
    const metafile = await bundleTo(outfile);
    requireWhole(metafile);
    const refs = refsOf(files, metafile);
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
  });
}

/** `act` may write the file that it is given, which is there no longer afterwards. */
async function inTemporary<Result>(act: (outfile: string) => Promise<Result>): Promise<Result> {
  const folder = makeTemporary();
  try {
    return await act(join(folder, 'modules.mjs'));
  } finally {
    removeTemporary(folder);
  }
}

function refsOf(files: readonly string[], metafile: Metafile): ModuleRef[] {
  return files.filter((file) => !isGenerated(file)).map((file) => refOf(file, metafile));
}

/** Whether modules are, with all that they consist of, what they were. */
async function isSame(
  files: readonly string[],
  before: readonly ModuleRef[],
  bundle: () => Promise<Metafile>,
): Promise<boolean> {
  try {
    const metafile = await bundle();
    requireSame(refsOf(files, metafile), before, metafile);
    return files.length === before.length;
  } catch (error) {
    if (error instanceof InputError || errorCode(error) !== null) return false;
    throw error;
  }
}
