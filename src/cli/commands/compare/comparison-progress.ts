import type { CompareRequest } from '../../../compare/compare-variants.js';
import { timeLeftMs } from '../../../explore/time-left.js';
import type { Progress } from '../../../report/progress.js';
import { count } from '../../../report/text-columns.js';
import { aboutLeft } from '../../../report/time-words.js';

/** How far a comparison is: two hunts, then the counts; a hunt knows of itself alone. */

type Limits = Pick<CompareRequest, 'base' | 'executions' | 'count' | 'budgetMs'>;

/** A pair is an execution of each. */
const OF_PAIR = 2;

/** What a comparison tells on its way, shown on the line of progress, beginning now. */
export function comparisonProgress(
  progress: Progress,
  { base, executions, count: counted = executions, budgetMs }: Limits,
): Required<Pick<CompareRequest, 'onProgress' | 'onRound'>> {
  const begunMs = performance.now();
  const hunted = executions ?? 0;
  const of =
    executions === undefined || counted === undefined ? undefined : 2 * executions + OF_PAIR * counted;
  const left = (done: number): string => {
    const elapsedMs = performance.now() - begunMs;
    return aboutLeft(timeLeftMs({ elapsedMs, budgetMs, done: of === undefined ? 0 : done, of }));
  };
  return {
    onProgress: (told) => {
      const before = told.variant === base ? 0 : hunted;
      progress.update(told, '', left(before + told.executions));
    },
    onRound: (pairs) =>
      progress.sometimes(() => `${count(pairs, 'pair')} counted${left(2 * hunted + OF_PAIR * pairs)}`),
  };
}
