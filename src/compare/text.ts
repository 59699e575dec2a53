import { visible } from '../report/escape.js';
import { pad, textWidth, wrap } from '../report/layout.js';
import type { Comparison } from './comparison.js';
import { OPERATIONS, titleOf } from './counters.js';
import { counterCells, groundsOf, groundsWords, outcomeWords, safetyWords } from './words.js';

/** A comparison as text that a mail can carry. */

/** Columns that survive being quoted once. */
export const MAIL_WIDTH = 78;
const INDENT = '  ';

/** Lines of at most MAIL_WIDTH columns, but for words that are longer, such as paths. */
export function comparisonText(comparison: Comparison, notes: readonly string[] = []): string {
  const { outcomes, counters } = comparison;
  const labels = ['base', 'patch'];
  const lines = [
    ...outcomes.flatMap((outcome, i) => hanging(labels[i].padEnd(7), `${outcome.verdict.variant}: ${outcomeWords(outcome)}`)),
    '',
    ...table(counters),
    ...wrapped(groundsWords(comparison, OPERATIONS)),
    '',
    'rests on',
    ...groundsOf(comparison, notes).flatMap((ground) => hanging(INDENT, ground)),
    '',
    'answer',
    ...safetyWords(comparison).flatMap((sentence) => hanging(INDENT, sentence)),
  ];
  return lines.join('\n');
}

function table(counters: Comparison['counters']): string[] {
  const rows = Object.entries(counters).map(([name, counter]) => ({ title: titleOf(name), ...counterCells(counter) }));
  if (rows.length === 0) return [];
  const all = [{ title: '', base: 'BASE', patch: 'PATCH', difference: 'DIFFERENCE' }, ...rows];
  const width = (key: 'title' | 'base' | 'patch'): number => Math.max(...all.map((row) => textWidth(row[key])));
  const [title, base, patch] = [width('title'), width('base'), width('patch')];
  return [
    ...all.map((row) =>
      [pad(visible(row.title), title), pad(row.base, base, 'right'), pad(row.patch, patch, 'right'), row.difference].join(INDENT).trimEnd(),
    ),
    '',
  ];
}

function wrapped(text: string): string[] {
  return wrap(visible(text), MAIL_WIDTH);
}

/** Continued lines stand under the text, not under its label. */
function hanging(label: string, text: string): string[] {
  const indent = ' '.repeat(label.length);
  return wrap(visible(text), MAIL_WIDTH - label.length).map((line, i) => (i === 0 ? label : indent) + line);
}
