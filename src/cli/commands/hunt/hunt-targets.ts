/** What a hunt is of: variants in scenarios, programs, or both, named by flags or defined in modules. */

import { unknownName } from '../../../report/near-names.js';
import type { LabelledLine } from '../../../report/witness-words.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { Scenario } from '../../../vocabulary/scenario.js';
import type { Engine, OwnDefinitions } from '../../engine-api.js';
import { selectScenarios, selectVariants } from '../../select.js';
import type { CampaignRequest } from './campaign.js';

export interface TargetFlags {
  readonly variant?: readonly string[];
  readonly program?: readonly string[];
  readonly scenario?: readonly string[];
  readonly window?: string;
}

export interface Targets {
  /** One per hunt. */
  readonly subjects: readonly (
    | Pick<Extract<CampaignRequest, { variant: string }>, 'variant' | 'scenarios'>
    | { readonly program: string }
  )[];
  /** Names of variants and programs, in order. */
  readonly names: readonly string[];
  readonly scenarios: readonly Scenario[];
  readonly description: readonly LabelledLine[];
}

/**
 * The variant that a module's scenarios are hunted with where none is named: the newest mainline kernel that
 * we know.
 */
const NEWEST = '6.18';

/**
 * Flags choose; what they do not name comes from the modules: all of their programs, all of their variants,
 * in all of their scenarios, or in the catalogue's where they have none. Throws InputError.
 */
export async function selectTargets(
  engine: Engine,
  flags: TargetFlags,
  own: OwnDefinitions,
): Promise<Targets> {
  const isChosen = flags.variant !== undefined || flags.program !== undefined || flags.scenario !== undefined;
  requirePrograms(flags.program ?? [], own);
  const programs = flags.program ?? (isChosen ? [] : own.programs.map(({ name }) => name));
  const variants = await variantsOf(engine, flags, own);
  if (variants.length + programs.length === 0) {
    throw new InputError(
      'hunt: no variant is named',
      'give one with --variant ("shootdown list variants" shows all), or a module of your own',
    );
  }
  const given =
    flags.scenario ?? (own.scenarios.length === 0 ? undefined : own.scenarios.map(({ name }) => name));
  const selected =
    variants.length === 0
      ? { scenarios: [], description: [] }
      : await selectScenarios(engine, given, flags.window ?? null, 1, own.scenarios);
  const hunted = [];
  const named = given === undefined ? undefined : selected.scenarios;
  for (const variant of variants)
    hunted.push({ variant, scenarios: await engine.fittingScenarios([variant], named) });
  return {
    subjects: [...programs.map((program) => ({ program })), ...hunted],
    names: [...programs, ...variants],
    scenarios: [...new Set(hunted.flatMap(({ scenarios }) => scenarios))],
    description: selected.description,
  };
}

async function variantsOf(
  engine: Engine,
  { variant, program, scenario }: TargetFlags,
  own: OwnDefinitions,
): Promise<readonly string[]> {
  if (variant !== undefined) return selectVariants(engine, variant);
  if (own.variants.length > 0 && program === undefined) return own.variants;
  return own.scenarios.length > 0 && (program === undefined || scenario !== undefined) ? [NEWEST] : [];
}

/** Throws InputError for a name that is no program of the modules. */
export function requirePrograms(names: readonly string[], own: OwnDefinitions): void {
  for (const name of names)
    if (!own.programs.some((program) => program.name === name)) throw unknownProgram(name, own);
}

function unknownProgram(name: string, own: OwnDefinitions): InputError {
  const known = own.programs.map((program) => program.name);
  const error = unknownName('program', name, known, '');
  return new InputError(error.what, 'the module shows all');
}
