import { count } from '../../report/text-columns.js';
import { whyExplained } from './explained.js';
import type { AccessComparison, AccessDifference, FunctionAccesses } from './tally.js';

/** A comparison of C text (left) with the transcription (right), in words. */

/** Whether everything that differs is explained. */
export function isAllExplained({ functions, leftWords }: AccessComparison): boolean {
  return functions.every(
    (one) =>
      one.answered === 0 &&
      one.stopped.length === 0 &&
      one.differences.every((difference) => whyExplained(leftWords, one, difference) !== null),
  );
}

export function accessesLines({ functions, privateWords, leftWords }: AccessComparison): string[] {
  return [
    ...functions.flatMap((one) => functionLines(one, leftWords)),
    '',
    `not compared, since nobody else reaches them: ${privateWords.join(', ') || 'nothing'}`,
  ];
}

function functionLines(one: FunctionAccesses, leftWords: readonly string[]): string[] {
  const { name, calls, same, answered, differences, stopped } = one;
  if (calls === 0) return ['', `${name}: never called`];
  const open = differences.filter((difference) => whyExplained(leftWords, one, difference) === null);
  const reasons = new Map<string, AccessDifference[]>();
  for (const difference of differences) {
    const why = whyExplained(leftWords, one, difference);
    if (why !== null) reasons.set(why, [...(reasons.get(why) ?? []), difference]);
  }
  return [
    '',
    `${name}: ${count(calls, 'call')}, ${same === calls ? 'all' : same} access by access the same`,
    ...(answered === 0 ? [] : [`  NOT EXPLAINED: ${count(answered, 'call')} answered otherwise`]),
    ...stopped.map(
      ({ side, why, first }) =>
        `  NOT EXPLAINED: ${SIDES[side]} did not get through: ${why} (execution ${first.execution} of ` +
        `${first.scenario})`,
    ),
    ...open.flatMap((difference) => [
      `  NOT EXPLAINED: ${differenceWords(difference)}`,
      `    ${count(difference.calls, 'call')}, first in execution ${difference.first.execution} of ` +
        `${difference.first.scenario}${placesOf(difference)}`,
    ]),
    ...[...reasons].flatMap(([why, which]) => [
      `  ${why}:`,
      ...which.map((difference) => `    ${differenceWords(difference)}${placesOf(difference)}`),
    ]),
  ];
}

const SIDES = { left: 'C', right: 'the transcription' } as const;
const PAST_MAX = 4;

export function differenceWords(
  { kind, name, isRepeated, isLater, past }: AccessDifference,
  { left, right }: { readonly left: string; readonly right: string } = SIDES,
): string {
  switch (kind) {
    case 'left':
    case 'right':
      return `${name}: ${isRepeated ? 'more often' : 'only'} in ${kind === 'left' ? left : right}`;
    case 'told':
      return `${name}: another value`;
    case 'moved': {
      const named = past.slice(0, PAST_MAX).join(', ');
      const rest = past.length > PAST_MAX ? ` and ${past.length - PAST_MAX} more` : '';
      const [here, there] = isLater ? ['after', 'before'] : ['before', 'after'];
      return `${name}: in ${left} ${here} ${named}${rest}, in ${right} ${there}`;
    }
  }
}

export function placesOf({ left, right }: AccessDifference): string {
  const places = [...left, ...right].join(', ');
  return places === '' ? '' : ` [${places}]`;
}
