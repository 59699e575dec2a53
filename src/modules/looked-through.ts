import type { BundlePlaces } from '../bundle/places.js';
import { displayPath } from '../bundle/user-files.js';
import { type Definitions, exportedDefinitions, exportedValues } from '../programs/definitions.js';
import { InputError } from '../vocabulary/errors.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { loadMistake } from './evaluate.js';
import { scenariosAmong } from './scenarios.js';

/** What evaluated modules define. */

/** What they export may be an object that throws when it is looked at. Throws InputError. */
export function lookedThrough(
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

/** Throws InputError for two of one name. */
export function requireDistinct(
  files: readonly string[],
  definitions: readonly { readonly name: string }[],
): void {
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
