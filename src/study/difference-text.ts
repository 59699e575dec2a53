import type { Difference } from './difference.js';

/** What stands for a difference whose interval spans 0. */
export const NONE_SEEN = 'none seen';
/** What stands for one of too few pairs. */
export const TOO_FEW = 'too few';

/** `-101 ±6`, `none seen`, `too few`: a difference and half its interval, for a cell of a table. */
export function differenceText({ difference, low, high, seen }: Difference): string {
  if (difference === null || low === null || high === null) return TOO_FEW;
  if (seen === 'none') return NONE_SEEN;
  const half = (high - low) / 2;
  const digits = digitsOf(half === 0 ? Math.abs(difference) : half);
  return `${signed(difference, digits)} ±${half.toFixed(digits)}`;
}

/** As many decimals as three digits leave. */
export function levelText(value: number): string {
  return value.toFixed(value >= 100 ? 0 : 1);
}

export function signed(value: number, digits: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(digits)}`;
}

/** Two digits of what is not sure say enough. */
function digitsOf(half: number): number {
  return half >= 10 ? 0 : half >= 0.95 ? 1 : half >= 0.095 ? 2 : 3;
}
