/** Which two variants `compare` was asked about. */

import { visible } from '../../../report/escape.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { Engine, OwnDefinitions } from '../../engine-api.js';
import { isModulePath } from '../../own-modules.js';
import { selectVariants } from '../../select.js';

export interface ComparedNames {
  readonly base: string;
  readonly patch: string;
}

const HOW = 'give BASE and PATCH, such as "compare 6.18 mine FILE.ts"';

export interface CompareArguments {
  /** Names of variants, and modules. */
  readonly names: readonly string[];
  readonly modules: readonly string[];
}

const isResultPath = (argument: string): boolean => argument.endsWith('.json');

/** The arguments: two files of results, or names of variants and modules. Throws InputError for both. */
export function splitArguments(
  given: readonly string[],
): CompareArguments | { readonly results: readonly [string, string] } {
  const results = given.filter(isResultPath);
  if (results.length === 0)
    return { names: given.filter((one) => !isModulePath(one)), modules: given.filter(isModulePath) };
  const [base, patch] = results;
  if (given.length !== 2 || patch === undefined)
    throw new InputError('compare: two results are compared, and nothing beside them', 'give A.json B.json');
  return { results: [base, patch] };
}

/**
 * BASE and PATCH. One name alone is the base of a module's only variant; a module's variant alone, or
 * `NAME+feature`, is compared with what it was made from. Throws InputError.
 */
export async function comparedNames(
  engine: Engine,
  given: readonly string[],
  own: OwnDefinitions,
): Promise<ComparedNames> {
  if (given.length > 2)
    throw new InputError(`compare: ${given.length} variants are named, and two are compared`, HOW);
  const names: string[] = [];
  for (const name of given) names.push(...(await selectVariants(engine, [name])));
  if (names.length === 2) {
    const [base, patch] = names;
    if (base === patch)
      throw new InputError(`compare: BASE and PATCH are the same variant, ${visible(base)}`, 'name two');
    return { base, patch };
  }
  const [only] = names;
  if (only !== undefined && own.variants.length > 0 && !own.variants.includes(only))
    return { base: only, patch: onlyOwn(own) };
  const patch = only ?? onlyOwn(own);
  const base = await engine.comparisons.baseOf(patch);
  if (base === null)
    throw new InputError(`compare: ${visible(patch)} was made from no other variant that has a name`, HOW);
  return { base, patch };
}

function onlyOwn({ variants }: OwnDefinitions): string {
  if (variants.length === 1) return variants[0];
  if (variants.length === 0) throw new InputError('compare: no variant is named', HOW);
  throw new InputError(
    `compare: the modules define several variants (${visible(variants.join(', '))})`,
    'name the one that is meant',
  );
}
