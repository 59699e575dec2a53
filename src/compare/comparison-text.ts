import { OPERATIONS, titleOf } from './compared-counters.js';
import type { Comparison } from './comparison.js';
import {
  COUNTER_TITLES,
  counterCells,
  groundsOf,
  groundsWords,
  outcomeWords,
  safetyWords,
  savingWords,
} from './comparison-words.js';
import { hanging, mailTable, wrapped } from './mail-layout.js';

/** A comparison as text that a mail can carry. */

const INDENT = '  ';

/** Lines of at most MAIL_WIDTH columns, but for words that are longer, such as paths. */
export function comparisonText(comparison: Comparison, notes: readonly string[] = []): string {
  const { outcomes, counters } = comparison;
  const labels = ['base', 'patch'];
  const lines = [
    ...outcomes.flatMap((outcome, i) =>
      hanging(labels[i].padEnd(7), `${outcome.verdict.variant}: ${outcomeWords(outcome)}`),
    ),
    '',
    ...table(counters),
    ...wrapped(groundsWords(comparison, OPERATIONS)),
    '',
    'rests on',
    ...groundsOf(comparison, notes).flatMap((ground) => hanging(INDENT, ground)),
    '',
    'answer',
    ...[...safetyWords(comparison), ...savingWords(comparison)].flatMap((sentence) =>
      hanging(INDENT, sentence),
    ),
  ];
  return lines.join('\n');
}

function table(counters: Comparison['counters']): string[] {
  const rows = Object.entries(counters).map(([name, counter]) => counterCells(titleOf(name), counter));
  return rows.length === 0 ? [] : [...mailTable([COUNTER_TITLES, ...rows]), ''];
}
