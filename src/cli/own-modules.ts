/** Users' modules on the command line. */

import { modulesElsewhere } from '../modules/project.js';
import { visible } from '../report/escape.js';
import { moduleFlags } from '../report/witness-words.js';
import { InputError } from '../vocabulary/errors.js';
import { type Finding, isProgramFinding, type KernelSourceRef } from '../vocabulary/finding.js';
import type { LineText } from '../vocabulary/told.js';
import type { CliContext } from './command-context.js';
import { sourceOfFinding, type sourcesOf } from './commands/source/kernel-source.js';
import type { Engine, OwnDefinitions } from './engine-api.js';
import type { CliIo } from './io.js';
import { selectVariants } from './select.js';

/** Whether an argument names a module, where it could be something else too. */
export function isModulePath(argument: string): boolean {
  return /\.[cm]?[jt]s$/.test(argument);
}

const NOTHING: OwnDefinitions = { variants: [], programs: [], scenarios: [] };

/** Reads the modules that were given, if any. */
export async function loadOwn(
  engine: Engine,
  files: readonly string[],
  typeCheck: boolean,
  sources: Awaited<ReturnType<typeof sourcesOf>> = [],
): Promise<OwnDefinitions> {
  if (files.length + sources.length === 0) return NOTHING;
  return engine.loadModules(files, typeCheck, undefined, sources);
}

/**
 * Reads a finding and the modules that it was made with, from where they lay if they are still what they were
 * and of the project that the finding lies in; or the ones `given` in their place, whatever they are. A
 * variant that this version does not know is told before anything runs.
 */
export async function openFinding(
  { engine, io }: CliContext,
  file: string,
  given: readonly string[] | undefined,
  tree?: string,
): Promise<Finding> {
  const { readFinding } = await import('../findings/read.js');
  const finding = readFinding(file);
  const { modules = [] } = finding;
  const kernelSource = isProgramFinding(finding) ? undefined : finding.kernelSource;
  if (kernelSource === undefined && tree !== undefined)
    throw new InputError(`--kernel-source: ${visible(file)} is not of C text`, 'leave it out');
  if (kernelSource !== undefined)
    await named(file, async () =>
      engine.loadModules([], false, undefined, [await sourceOfFinding(engine, kernelSource, tree)]),
    );
  else if (given !== undefined) await engine.loadModules(given, modules);
  else if (modules.length > 0) {
    const files = modules.map((module) => module.file);
    await requireConsent(io, file, files);
    await named(file, () => engine.loadModules(files, false, modules));
  }
  // A program is looked up among the modules when it runs.
  if (!isProgramFinding(finding))
    await named(`${file}: variant`, () => selectVariants(engine, [finding.variant]));
  return finding;
}

/** Lines of C files, to be shown; undefined where nothing is of C text. `tree`: see sourceLines. */
export async function lineTextOf(
  ref: KernelSourceRef | undefined,
  tree?: string,
): Promise<LineText | undefined> {
  if (ref === undefined) return undefined;
  return (await import('../csource/source-lines.js')).sourceLines(ref, tree);
}

/** The same for a finding. */
export async function lineTextOfFinding(finding: Finding, tree?: string): Promise<LineText | undefined> {
  return lineTextOf(isProgramFinding(finding) ? undefined : finding.kernelSource, tree);
}

/**
 * A finding that somebody brought here says what to run: only the reader may, by a flag or on a terminal.
 * Throws InputError.
 */
async function requireConsent(io: CliIo, file: string, modules: readonly string[]): Promise<void> {
  const elsewhere = modulesElsewhere(file, modules);
  if (elsewhere.length === 0) return;
  const what = `${visible(file)} is of another project than ${elsewhere.map(visible).join(', ')}`;
  if (
    await io.confirm?.(
      `${what}, which the replay runs if it is what it was when the finding was made. Run it?`,
    )
  )
    return;
  throw new InputError(what, `to run it, give ${moduleFlags(modules)}`);
}

/** What is wrong with something of a file is told with the file's name. */
export async function named<Result>(where: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${where}: ${error.message}`) : error;
  }
}
