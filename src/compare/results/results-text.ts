import { markdownTable, markdownText } from '../../report/reporters/markdown.js';
import { count, groupDigits } from '../../report/text-columns.js';
import type { Difference } from '../../study/difference.js';
import { differenceText } from '../../study/difference-text.js';
import { titleOf } from '../compared-counters.js';
import { hanging, mailTable, wrapped } from '../mail-layout.js';
import type { CounterPair, ResultComparison, VerdictPair } from './between.js';
import type { ResultCounter, ResultFile, ResultVerdict } from './result-file.js';

/** Two results beside each other, as text that a mail can carry and as Markdown. */

export function resultsText(comparison: ResultComparison): string {
  const { base, patch, verdicts, counters } = comparison;
  return [
    ...hanging('base   ', fileWords(base)),
    ...hanging('patch  ', fileWords(patch)),
    '',
    ...verdicts.flatMap(verdictLines),
    ...(counters.length === 0
      ? []
      : ['', ...mailTable([['', 'BASE', 'PATCH', 'PATCH - BASE'], ...counters.map(cellsOf)])]),
    ...(counters.length === 0 ? [] : ['', ...wrapped(COUNTER_GROUNDS)]),
    '',
    'answer',
    ...answer(comparison).flatMap((sentence) => hanging('  ', sentence)),
  ].join('\n');
}

export function resultsMarkdown(comparison: ResultComparison): string {
  const { base, patch, verdicts, counters } = comparison;
  const escaped = (rows: readonly (readonly string[])[]): string[][] =>
    rows.map((row) => row.map(markdownText));
  const rows = verdicts.map((pair) => [
    namesOf(pair),
    verdictOf(pair.base),
    verdictOf(pair.patch),
    pair.isChanged ? 'changed' : '',
  ]);
  return [
    `### ${markdownText(patch.file)} against ${markdownText(base.file)}`,
    '',
    ...answer(comparison).map((sentence) => `- ${markdownText(sentence)}`),
    '',
    markdownTable(['variant', 'base', 'patch', ''], escaped(rows)),
    ...(counters.length === 0
      ? []
      : ['', markdownTable(['counter', 'base', 'patch', 'patch - base'], escaped(counters.map(cellsOf)))]),
    ...(counters.length === 0 ? [] : ['', markdownText(COUNTER_GROUNDS)]),
  ].join('\n');
}

const COUNTER_GROUNDS =
  "Counters: each file's differences to its own base, and the difference of the two; all intervals hold " +
  'together with at least 90 %.';

function fileWords({ file, command, shootdown, interrupted }: ResultFile): string {
  return `${file} (${command}, shootdown ${shootdown}${interrupted ? ', interrupted' : ''})`;
}

function verdictLines(pair: VerdictPair): string[] {
  const [before, after] = [verdictOf(pair.base), verdictOf(pair.patch)];
  const name = namesOf(pair);
  if (before === after) return hanging('', `${name}: ${before}`);
  return [
    ...hanging('', `${name}${pair.isChanged ? ': CHANGED' : ''}`),
    ...hanging('  base   ', before),
    ...hanging('  patch  ', after),
  ];
}

function namesOf({ base, patch }: VerdictPair): string {
  return base.variant === patch.variant ? base.variant : `${base.variant}, ${patch.variant}`;
}

function verdictOf({ violation, scenario, executions, memory, seed, known, latent }: ResultVerdict): string {
  const how = `${count(executions, 'execution')} (${memory}, seed ${seed})`;
  const what = violation === null ? `none in ${how}` : `${violation} in ${scenario}, met within ${how}`;
  return [
    what,
    ...latent.map((name) => `latent ${name}`),
    ...(known === null ? [] : [`known: ${known}`]),
  ].join('; ');
}

function cellsOf({ base, patch, ...pair }: CounterPair): string[] {
  const title = titleOf(base.name);
  return [
    base.key === base.name ? title : `${base.patch} ${title}`,
    differenceText(asDifference(base)),
    differenceText(asDifference(patch)),
    base.base !== patch.base
      ? 'other bases'
      : pair.seen === 'none' && pair.low !== null
        ? 'no difference seen'
        : differenceText(asDifference(pair)),
  ];
}

function asDifference({
  difference,
  low,
  high,
}: Pick<ResultCounter, 'difference' | 'low' | 'high'>): Difference {
  const seen = low === null || high === null || (low <= 0 && high >= 0) ? 'none' : high < 0 ? 'less' : 'more';
  return { base: null, patch: null, difference, low, high, seen };
}

function answer({ verdicts, counters, isNew, onlyBase, onlyPatch }: ResultComparison): string[] {
  const changed = verdicts.filter(({ isChanged }) => isChanged);
  const moved = counters.filter(({ seen }) => seen !== 'none');
  const least = Math.min(...verdicts.map(({ base, patch }) => Math.min(base.executions, patch.executions)));
  const only = (names: readonly string[], side: string): string[] =>
    names.length === 0 ? [] : [`Only in the ${side}'s file: ${names.join(', ')}.`];
  return [
    changed.length === 0
      ? `No verdict changed, of ${groupDigits(verdicts.length)}, in at least ` +
        `${count(least, 'execution')} each: samples, not proofs.`
      : `${isNew ? 'New violations: ' : ''}${count(changed.length, 'verdict')} of ` +
        `${groupDigits(verdicts.length)} changed: ${changed.map(changeOf).join('; ')}.`,
    counters.length === 0
      ? 'No counter is in both with an interval, so nothing is said of what it saves.'
      : `${moved.length} of ${count(counters.length, 'counter')} changed.`,
    ...only(onlyBase, 'base'),
    ...only(onlyPatch, 'patch'),
  ];
}

function changeOf(pair: VerdictPair): string {
  const word = ({ violation, latent }: ResultVerdict): string =>
    violation ?? (latent.length > 0 ? `latent ${latent.join(', ')}` : 'none');
  return `${namesOf(pair)} ${word(pair.base)} -> ${word(pair.patch)}`;
}
