import { markdownTable, markdownText } from '../report/reporters/markdown.js';
import { OPERATIONS, titleOf } from './compared-counters.js';
import type { Comparison } from './comparison.js';
import {
  counterCells,
  groundsOf,
  groundsWords,
  outcomeWords,
  safetyWords,
  savingWords,
} from './comparison-words.js';

/** A comparison as Markdown, for a pull request or an issue. */
export function comparisonMarkdown(comparison: Comparison, notes: readonly string[] = []): string {
  const { base, patch, outcomes, counters } = comparison;
  const verdicts = outcomes.map((outcome, i) => [
    i === 0 ? 'base' : 'patch',
    outcome.verdict.variant,
    outcomeWords(outcome),
  ]);
  const rows = Object.entries(counters).map(([name, counter]) => counterCells(titleOf(name), counter));
  const escaped = (cells: readonly (readonly string[])[]): string[][] =>
    cells.map((row) => row.map(markdownText));
  return [
    `### ${markdownText(patch)} against ${markdownText(base)}`,
    '',
    ...[...safetyWords(comparison), ...savingWords(comparison)].map(
      (sentence) => `- ${markdownText(sentence)}`,
    ),
    '',
    markdownTable(['', 'variant', 'verdict'], escaped(verdicts)),
    '',
    ...(rows.length === 0
      ? []
      : [markdownTable(['counter', 'base', 'patch', 'in pairs', 'apart'], escaped(rows)), '']),
    markdownText(groundsWords(comparison, OPERATIONS)),
    '',
    '<details><summary>rests on</summary>',
    '',
    ...groundsOf(comparison, notes).map((ground) => `- ${markdownText(ground)}`),
    '',
    '</details>',
  ].join('\n');
}
