/** A check as a page to read. */
import { visible } from '../report/escape.js';
import { type Column, renderTable } from '../report/table.js';
import { wrap } from '../report/text-columns.js';
import type { Disagreement, Score } from './board.js';
import type { CheckReport } from './check-recording.js';
import { KIND_NAMES, KIND_WITHOUT_BAR, type Kind } from './kinds.js';

/** Disagreements shown; --json has all. */
const SHOWN = 10;
const FOUND: Readonly<Record<CheckReport['profileBy'], string>> = {
  given: '',
  meta: '',
  build: " (no meta file: by its functions' sizes)",
  wording: ' (no meta file: by how it words things)',
};
const WIDTH = 100;

/** Shares below which a check fails: of all decisions agreed, and of each kind agreed or raced. */
const BAR_ALL = 0.995;
const BAR_KIND = 0.99;
/** The same in words. */
export const BARS = '99.5 % of all decisions, 99 % of each kind';
/** The kinds that count. */
const BARRED = KIND_NAMES.filter((kind) => kind !== KIND_WITHOUT_BAR);

const decidedOf = (score: Score): number => score.agreed + score.raced + score.disagreed;

/** Agreed and raced, of what was not learnt; 1 where there was nothing to decide. */
export function agreement(score: Score): number {
  const decided = decidedOf(score);
  return decided === 0 ? 1 : (score.agreed + score.raced) / decided;
}

/**
 * Whether the kernel decided as the model does: 99.5 % of all decisions agreed, 99 % of each kind agreed or
 * raced, and no more than 1 % of a kind where the recording contradicts itself.
 */
export function passes(report: CheckReport): boolean {
  const decided = decidedOf(report);
  const sound = (kind: Kind): boolean => {
    const score = report.kinds[kind];
    return (
      agreement(score) >= BAR_KIND && (report.contradicted[kind] ?? 0) <= (1 - BAR_KIND) * lines(score) + 1
    );
  };
  return (decided === 0 || report.agreed / decided >= BAR_ALL) && BARRED.every(sound);
}

const percent = (share: number): string => `${(Math.floor(share * 10_000) / 100).toFixed(2)}%`;
const lines = (score: Score): number => decidedOf(score) + score.learnt;

const COLUMNS: readonly Column[] = [
  { title: 'KIND' },
  ...['LINES', 'AGREED', 'RACED', 'DISAGREED', 'LEARNT'].map((title) => ({ title, align: 'right' as const })),
  { title: 'AGREEMENT', align: 'right' },
];

const cells = (name: string, score: Score): string[] => [
  name,
  ...[lines(score), score.agreed, score.raced, score.disagreed, score.learnt].map(String),
  percent(agreement(score)),
];

function notModelled({ notModelled: left }: CheckReport): string[] {
  const names = Object.entries(left)
    .sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1))
    .map(([name, number]) => `${number} ${name}`);
  if (names.length === 0) return [];
  return [
    '',
    'Not modelled, and in none of these figures: mms with a global ASID, broadcast flushes (INVLPGB)',
    ...wrapped(names),
  ];
}

/** The kinds that stand on missing probes. */
function leftOut({ notCompared }: CheckReport): string[] {
  if (notCompared.length === 0) return [];
  const probes = [...new Set(notCompared.flatMap(({ missing }) => missing))];
  return [
    '',
    `Not compared, for want of ${probes.join(', ')} (docs/recording.md)`,
    ...wrapped(notCompared.map(({ kind, missing }) => `${kind} (${missing.join(', ')})`)),
  ];
}

/** Words joined by ", " in indented lines of at most 100 columns. */
const wrapped = (words: readonly string[]): string[] =>
  wrap(words.join(', '), WIDTH - 2).map((line) => `  ${line}`);

/** What a check comes to, in a line. */
export function verdictLine(report: CheckReport): string {
  return `${report.disagreed} of ${decidedOf(report)} decisions differ from the model's: ${verdict(report)}`;
}

function verdict(report: CheckReport): string {
  if (decidedOf(report) === 0) return 'there was nothing to compare';
  if (!passes(report))
    return report.disagreed > 0
      ? 'DISAGREES'
      : `too many (${report.raced}) are of another order to say that it agrees`;
  return report.disagreed === 0 ? 'agrees' : `within the bars (${BARS})`;
}

/** A list of places under a title; empty where there are none. */
function places(title: string, list: readonly Disagreement[], number: number): string[] {
  if (number === 0) return [];
  const shown = placeLines(list);
  return [
    '',
    title,
    ...shown.map((line) => `  ${line}`),
    ...(number > shown.length ? [`  and ${number - shown.length} more (--json has all)`] : []),
  ];
}

/** The first of them, a line each. */
export function placeLines(list: readonly Disagreement[]): string[] {
  return list
    .slice(0, SHOWN)
    .map(({ line, kind, kernel, model }) => `line ${line}  ${kind}: kernel ${kernel}, model ${model}`);
}

/** The kind that has no bar, in a sentence. */
function withoutBar({ kinds }: CheckReport): string[] {
  const { agreed, disagreed } = kinds[KIND_WITHOUT_BAR];
  if (agreed + disagreed === 0) return [];
  return [
    '',
    `Without a bar, and in none of the sums: in ${disagreed} of ${agreed + disagreed} sends a target ` +
      'had calls waiting',
    '  already, or none any more, where the model has it the other way (the scheduler queues there, too)',
  ];
}

export function renderCheck(report: CheckReport): string {
  const rows = BARRED.filter((kind) => lines(report.kinds[kind]) > 0).map((kind) =>
    cells(kind, report.kinds[kind]),
  );
  const parts = report.parts === undefined ? '' : ` in ${report.parts} parts`;
  const contradicted = Object.values(report.contradicted).reduce((sum, number) => sum + number, 0);
  return [
    `${visible(report.file)}: ${report.events} events${parts}, profile ` +
      `${report.profile}${FOUND[report.profileBy]}, ${report.backend}`,
    verdictLine(report),
    ...places('Disagreements', report.disagreements, report.disagreed),
    ...places('The recording contradicts itself (counted as learnt)', report.contradictions, contradicted),
    '',
    renderTable(COLUMNS, [...rows, cells('all', report)]),
    ...withoutBar(report),
    ...leftOut(report),
    ...notModelled(report),
  ].join('\n');
}
