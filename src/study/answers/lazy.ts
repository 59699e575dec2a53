import { findRule } from '../../rules/index.js';
import { lazyWakeups } from '../columns/rates.js';
import { differencesOf } from '../difference.js';
import type { RowResult } from '../study.js';
import { baseWords, changesWords, grouped, isHarmed, isKnownUnsafe, listed } from './answer-words.js';

/** What the answers to lazy CPUs cost, made of the rows alone. */
export function lazyAnswer(results: readonly RowResult[]): string[] {
  const ran = results.filter(({ counts }) => counts !== null);
  const harmed = ran.filter((row) => isHarmed(row) || isKnownUnsafe(row)).map(({ row }) => row.variant);
  const lines = [...grouped(ran, ({ row }) => row.group)].flatMap(([group, rows]) => {
    const compared = rows.flatMap((result) => {
      if (result.pairs === null || lazyWakeups.compared === undefined) return [];
      const change = differencesOf(result.pairs, lazyWakeups.compared, result.comparisons);
      return [{ label: result.row.label, change }];
    });
    if (compared.length === 0) return [];
    const parts = compared
      .sort((a, b) => (a.change.difference ?? 0) - (b.change.difference ?? 0))
      .map(({ label, change }) => `${label} (${findRule(label)?.action ?? label}) ${changesWords(change)}`);
    const base = baseWords(lazyWakeups, rows);
    return [`On ${group}, lazy CPUs that flushes reach${base}: ${parts.join('; ')}.`];
  });
  if (lines.length === 0 && harmed.length === 0) return [];
  const unsafe =
    harmed.length === 0 ? 'No answer to lazy CPUs that was run had a witness.' : `Unsafe: ${listed(harmed)}.`;
  return [
    unsafe,
    ...lines,
    'A lazy virtual CPU counts as reached when it would have to be running for it; one that its host ' +
      'has put is flushed where it lies.',
  ];
}
