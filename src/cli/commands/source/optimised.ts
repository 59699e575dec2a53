/** `shootdown source compare|check DIR --c-opt 2`: what the optimiser makes of plain accesses. */

import type { AccessDifference, FunctionAccesses } from '../../../compare/accesses/tally.js';
import type { SourceOptions } from '../../../csource/source.js';
import { count } from '../../../report/text-columns.js';
import type { CliContext } from '../../command-context.js';
import type { ComparedSource } from '../../engine-api.js';
import { loadOwn } from '../../own-modules.js';
import { type ComparedSize, comparedShown } from './compared-shown.js';

/** Executions of each scenario that bring states about. */
export const EXECUTIONS_DEFAULT = 10;

/** A tree's text as it is written and as the optimiser leaves it, side by side. Throws InputError. */
export async function comparedLevels(
  context: CliContext,
  tree: string,
  options: SourceOptions,
  { isQuiet, ...size }: ComparedSize & { readonly isQuiet: boolean },
): Promise<ComparedSource> {
  const { engine } = context;
  const left = await engine.prepareSource(tree, { ...options, optimisation: 2 });
  const written = await engine.prepareSource(tree, { ...options, optimisation: 0, base: left.ref.base });
  await loadOwn(engine, [], false, [written, left]);
  const ref = { variant: left.variant, base: written.variant };
  return comparedShown(context, ref, { ...size, naming: 'plain' }, isQuiet);
}

/** Whether each function answered what it answers as it is written, and got through. */
export function answersAlike({ functions, ownWords }: ComparedSource): boolean {
  return ownWords === 'same' && functions.every(({ answered, stopped }) => answered + stopped.length === 0);
}

/** What was compared with what. */
export function headOf(found: ComparedSource, tree: string): string {
  return (
    `${tree} (${found.variant}) against ${found.base}: ${count(found.executions, 'execution')} of ` +
    `each of ${count(found.scenarios, 'scenario')}, seed ${found.seed}`
  );
}

/** `left` of each difference is what the optimiser leaves, `right` the text as it is written. */
export function optimisedLines(found: ComparedSource): string[] {
  const { functions, ownWords } = found;
  if (ownWords === 'other') return ['not compared: with the optimiser the text has other fields'];
  const changed = functions.filter(({ differences }) => differences.length > 0);
  const all = changed.reduce((sum, { differences }) => sum + differences.length, 0);
  return [
    ...functions.flatMap(functionLines),
    '',
    all === 0
      ? 'every access of what ran is left'
      : `${count(all, 'difference')} from what is written; READ_ONCE, WRITE_ONCE or barrier() keeps one`,
  ];
}

function functionLines({ name, calls, same, answered, stopped, differences }: FunctionAccesses): string[] {
  if (calls === 0) return ['', `${name}: never called`];
  return [
    '',
    `${name}: ${count(calls, 'call')}, ${same === calls ? 'all' : same} access by access as written`,
    ...(answered === 0 ? [] : [`  ${count(answered, 'call')} ANSWERED OTHERWISE`]),
    ...stopped.map(({ side, why }) => `  ${side === 'left' ? 'optimised' : 'as written'} it STOPPED: ${why}`),
    ...differences.map((one) => `  ${one.name}${placesIn(one)}: ${fate(one)}`),
  ];
}

/** What became of an access, in words. */
function fate({ kind, isRepeated, isLater, past }: AccessDifference): string {
  switch (kind) {
    case 'right':
      return isRepeated ? 'merged with another of the same word' : 'left out';
    case 'left':
      return isRepeated ? 'done once more' : 'done though nothing asks for it';
    case 'told':
      return 'with another value';
    case 'moved':
      return `done ${isLater ? 'only behind' : 'already before'} ${past.join(', ')}`;
  }
}

/** Where the source has it. */
function placesIn({ left, right }: AccessDifference): string {
  const places = right.length > 0 ? right : left;
  return places.length === 0 ? '' : ` at ${places.join(', ')}`;
}
