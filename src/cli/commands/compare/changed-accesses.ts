/** What two states of a Linux tree do otherwise, access by access. */

import { differenceWords, placesOf } from '../../../compare/accesses/accesses-text.js';
import type { PreparedSource } from '../../../csource/source.js';
import { count } from '../../../report/text-columns.js';
import type { CliContext } from '../../command-context.js';
import type { ComparedSource } from '../../engine-api.js';
import { comparedShown } from '../source/compared-shown.js';

/** Executions of each scenario that bring states about. */
const EXECUTIONS = 5;

export interface ComparedTrees {
  readonly base: PreparedSource;
  readonly patch: PreparedSource;
}

/** Both are loaded. Null where no trees are compared. */
export async function changedAccesses(
  context: CliContext,
  trees: ComparedTrees | null,
  { seed, json }: { readonly seed: number; readonly json: boolean },
): Promise<ComparedSource | null> {
  if (trees === null) return null;
  const ref = { variant: trees.patch.variant, base: trees.base.variant };
  return comparedShown(context, ref, { executions: EXECUTIONS, seed }, json);
}

const SIDES = { left: 'PATCH', right: 'BASE' };

export function changedLines({ functions, ownWords }: ComparedSource): string[] {
  if (ownWords === 'other') return ['changed accesses: not compared, since the two have other fields'];
  const changed = functions.filter(({ differences, answered }) => differences.length + answered > 0);
  return [
    changed.length === 0 ? 'changed accesses: none' : 'changed accesses',
    ...changed.flatMap(({ name, calls, same, answered, differences }) => [
      `  ${name}: ${calls - same} of ${count(calls, 'call')}, ${answered} answered otherwise`,
      ...differences.map((one) => `    ${differenceWords(one, SIDES)}${placesOf(one)}`),
    ]),
  ];
}
