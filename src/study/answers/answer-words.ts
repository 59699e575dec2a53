import { ratio } from '../columns/rates.js';
import type { Difference, Differences } from '../difference.js';
import { differenceText, levelText, signed } from '../difference-text.js';
import type { Column, RowResult } from '../study.js';

/** What answers in words have in common. */

/** Rows whose hunt ran to its end without harm: nothing latent either, or something. */
export const isClean = ({ verdict }: RowResult): boolean =>
  verdict !== null && verdict.violation === null && verdict.latent.length === 0;
export const isLatent = ({ verdict }: RowResult): boolean =>
  verdict !== null && verdict.violation === null && verdict.latent.length > 0;
export const isHarmed = ({ verdict }: RowResult): boolean => verdict !== null && verdict.violation !== null;

/** All executions of a small scenario were looked at, and one goes wrong. */
export const isRefuted = ({ proof }: RowResult): boolean => proof !== null && proof.witness !== null;

/**
 * Whether there is a witness that this run need not have met: it travels with the package, and is replayed at
 * each build.
 */
export const isKnownUnsafe = ({ known }: RowResult): boolean => known !== null;

/** Results by what `key` says of them, in the order of their first sight. */
export function grouped(
  results: readonly RowResult[],
  key: (result: RowResult) => string,
): Map<string, RowResult[]> {
  const groups = new Map<string, RowResult[]>();
  for (const result of results) {
    const name = key(result);
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  return groups;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? 'none') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/**
 * ` (v0: 158 per 1,000 operations)`: the first row of a group as the table has it. What a row in pairs with
 * it was compared with is another sample of the same.
 */
export function baseWords({ compared }: Column, rows: readonly RowResult[]): string {
  const base = rows.find(({ row }) => row.baseline === null);
  const level = base === undefined || compared === undefined ? null : ratio(compared, base);
  return level === null ? '' : ` (${base?.row.label}: ${levelText(level)} per 1,000 operations)`;
}

/** `-66 % (-103 ±10), apart -57 % (-90 ±12)`, `no difference seen, apart neither`. */
export function changesWords({ apart, ...change }: Differences): string {
  if (change.seen === 'none' && apart.seen === 'none') return changeWords(change);
  return `${changeWords(change)}, apart ${changeWords(apart)}`;
}

/** `-66 % (-103 ±10)`, `no difference seen`. */
function changeWords(change: Difference): string {
  const { base, difference, low, seen } = change;
  if (difference === null || low === null) return 'not known, of too few pairs';
  if (seen === 'none') return 'no difference seen';
  const percent = base === null || base === 0 ? '' : `${signed((100 * difference) / base, 0)} % `;
  return `${percent}(${differenceText(change)})`;
}
