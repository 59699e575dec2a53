import { findRule } from '../../rules/index.js';
import { differencesOf } from '../difference.js';
import type { Column, RowResult } from '../study.js';
import { baseWords, changesWords, grouped, isHarmed, isKnownUnsafe, listed } from './answer-words.js';

/** Which rows are unsafe, and how one column changes with each of the others, made of the rows alone. */
export function comparedAnswer(results: readonly RowResult[], column: Column, what: string): string[] {
  const ran = results.filter(({ counts }) => counts !== null);
  if (ran.length === 0) return [];
  const harmed = ran.filter((result) => isHarmed(result) || isKnownUnsafe(result));
  const unsafe =
    harmed.length === 0
      ? 'Nothing that was run had a witness.'
      : `Unsafe: ${listed(harmed.map(({ row }) => row.variant))}.`;
  const lines = [...grouped(ran, ({ row }) => row.group)].flatMap(([group, rows]) => {
    const parts = rows.flatMap((result) => {
      const { row, pairs, comparisons } = result;
      if (pairs === null || column.compared === undefined || harmed.includes(result)) return [];
      const change = differencesOf(pairs, column.compared, comparisons);
      return [`${row.label} (${findRule(row.label)?.action ?? row.variant}) ${changesWords(change)}`];
    });
    return parts.length === 0 ? [] : [`On ${group}, ${what}${baseWords(column, rows)}: ${parts.join('; ')}.`];
  });
  return [unsafe, ...lines];
}
