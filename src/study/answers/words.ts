import type { RowResult } from '../study.js';

/** What answers in words have in common. */

/** Rows whose hunt ran to its end without harm: nothing latent either, or something. */
export const isClean = ({ verdict }: RowResult): boolean => verdict !== null && verdict.violation === null && verdict.latent.length === 0;
export const isLatent = ({ verdict }: RowResult): boolean => verdict !== null && verdict.violation === null && verdict.latent.length > 0;
export const isHarmed = ({ verdict }: RowResult): boolean => verdict !== null && verdict.violation !== null;

/** Results by what `key` says of them, in the order of their first sight. */
export function grouped(results: readonly RowResult[], key: (result: RowResult) => string): Map<string, RowResult[]> {
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

export function rate(amount: number, of: number): number {
  return of === 0 ? 0 : (1000 * amount) / of;
}
