/** Users' modules on the command line. */

import { InputError } from '../findings/errors.js';
import { type Finding, isProgramFinding } from '../findings/finding.js';
import { readFinding } from '../findings/read.js';
import type { Engine, OwnDefinitions } from './engine-api.js';
import { selectVariants } from './select.js';

export const MODULES_ARGUMENT = '[modules...]';
export const MODULES_HELP = 'TypeScript or JavaScript files with programs, variants or scenarios of your own';

/** Whether an argument names a module, where it could be something else too. */
export function isModulePath(argument: string): boolean {
  return /\.[cm]?[jt]s$/.test(argument);
}

const NOTHING: OwnDefinitions = { variants: [], programs: [], scenarios: [] };

/** Reads the modules that were given, if any. */
export async function loadOwn(engine: Engine, files: readonly string[], typeCheck: boolean): Promise<OwnDefinitions> {
  return files.length === 0 ? NOTHING : engine.loadModules(files, typeCheck);
}

/** The modules of a finding, where they are not what they were when it was made. */
export const MODULE_FLAG = ['--module <file>', 'module that the finding is of, as it is now; repeat it for several'] as const;

/**
 * Reads a finding and the modules that it was made with, from where they lay if they are still what they were; or the ones `given` in
 * their place, whatever they are. A variant that this version does not know is told before anything runs.
 */
export async function openFinding(engine: Engine, file: string, given: readonly string[] | undefined): Promise<Finding> {
  const finding = readFinding(file);
  const { modules = [] } = finding;
  if (given !== undefined) await engine.loadModules(given, true);
  else if (modules.length > 0) {
    const files = modules.map((module) => module.file);
    await named(file, () => engine.loadModules(files, false, modules));
  }
  // A program is looked up among the modules when it runs.
  if (!isProgramFinding(finding)) await named(`${file}: variant`, () => selectVariants(engine, [finding.variant]));
  return finding;
}

/** What is wrong with something of a file is told with the file's name. */
async function named(where: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${where}: ${error.message}`) : error;
  }
}
