import { dirname, join, resolve } from 'node:path';
import { BundlePlaces } from '../bundle/places.js';
import { makeTemporary, removeTemporary } from '../bundle/temporary.js';
import { displayPath } from '../bundle/user-files.js';
import { bundleModules, inputFiles } from '../modules/bundle-modules.js';
import { refuseComputedImports } from '../modules/computed-imports.js';
import { evaluate } from '../modules/evaluate.js';
import { requireWhole } from '../modules/inputs.js';
import { lineOf } from '../modules/line-of.js';
import { moduleFile } from '../modules/module-file.js';
import { typeMistake } from '../modules/type-check.js';
import { InputError } from '../vocabulary/errors.js';
import { isThere } from '../vocabulary/is-there.js';
import { CONFIG_NAMES } from './config.js';
import type { Config } from './config-schema.js';
import { definedConfig } from './define-config.js';

/**
 * Reads a configuration. It is a user's module, and read as those are: types checked, bundled with all that
 * it imports, nothing in it whose text nobody sees before it runs. Every mistake is an InputError with its
 * line.
 */

/** A configuration, where it stands, and where a project of it does. */
export interface LoadedConfig {
  readonly config: Config;
  /** As it is shown to people. */
  readonly file: string;
  /** That of the file: paths in it are from there. */
  readonly directory: string;
  /** `FILE:LINE` of a project, or of the file's first line where the name is not written there. */
  place(project: string): string;
  /** The same of a field. */
  placeOf(field: keyof Config): string;
}

/** `given`: its path; undefined looks in the working directory. Throws InputError. */
export async function loadConfig(
  given: string | undefined,
  {
    api,
    apiFile,
    typeCheck,
  }: { readonly api: object; readonly apiFile: string; readonly typeCheck: boolean },
): Promise<LoadedConfig> {
  const file = moduleFile(given ?? foundConfig());
  const shown = displayPath(file);
  // While there is nothing to take away: it may be busy for minutes, and a signal ends the process at once.
  const mistake = typeCheck ? await typeMistake([file], apiFile, false) : null;
  if (mistake !== null) throw new InputError(mistake);
  const folder = makeTemporary();
  try {
    const outfile = join(folder, 'config.mjs');
    const metafile = await bundleModules([file], outfile, api);
    requireWhole(metafile);
    refuseComputedImports(inputFiles(metafile));
    const [module] = await evaluate([file], outfile, api, new BundlePlaces(outfile).keep());
    const config = definedConfig((module as { readonly default?: unknown }).default);
    const at = (text: RegExp): string => `${shown}:${lineOf(file, text)}`;
    if (config === undefined)
      throw new InputError(
        `${at(/export\s+default/)}: its default export is no configuration`,
        'write export default defineConfig({ projects: [...] })',
      );
    return {
      ...{ config, file: shown, directory: dirname(resolve(file)) },
      place: (project) => at(new RegExp(`name:\\s*(['"\`])${escaped(project)}\\1`)),
      placeOf: (field) => at(new RegExp(`\\b${field}\\b`)),
    };
  } finally {
    removeTemporary(folder);
  }
}

function foundConfig(): string {
  const found = CONFIG_NAMES.find((name) => isThere(name));
  if (found !== undefined) return found;
  throw new InputError(
    `there is no ${CONFIG_NAMES[0]} here`,
    '"shootdown init" writes one; --config names one elsewhere',
  );
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
