/** Users' modules on the command line. */

import { InputError } from '../findings/errors.js';
import type { Finding } from '../findings/finding.js';
import type { Engine, OwnDefinitions } from './engine-api.js';

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

/**
 * Reads the modules that a finding was made with, from where they lay, if they are still what they were; or the ones given in their place,
 * whatever they are. `file` is the finding's, for errors.
 */
export async function loadForFinding(engine: Engine, finding: Finding, file: string, given: readonly string[] | undefined): Promise<void> {
  const { modules = [] } = finding;
  if (given !== undefined) await engine.loadModules(given, true);
  else if (modules.length > 0) {
    try {
      await engine.loadModules(
        modules.map((module) => module.file),
        false,
        modules,
      );
    } catch (error) {
      throw error instanceof InputError ? new InputError(`${file}: ${error.message}`) : error;
    }
  }
}
