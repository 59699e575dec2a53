import type { HuntProgress } from '../../../explore/api.js';

/** Whose turn it is of how many, and for how long it has been. */
export interface Turn {
  readonly index: number;
  readonly count: number;
  readonly turnMs: number;
}

/**
 * What a campaign may still take at most; undefined where that is not limited. `budgetsMs`: of each turn;
 * without them the turns to come are limited as the hunt is whose turn it is.
 */
export function campaignLeftMs(
  { elapsedMs, leftMs }: Pick<HuntProgress, 'elapsedMs' | 'leftMs'>,
  { index, count, turnMs }: Turn,
  budgetsMs?: readonly (number | undefined)[],
): number | undefined {
  if (budgetsMs === undefined)
    return leftMs === undefined ? undefined : leftMs + (count - 1 - index) * (elapsedMs + leftMs);
  const toCome = budgetsMs
    .slice(index)
    .reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
  return toCome === undefined ? undefined : Math.max(0, toCome - turnMs);
}
