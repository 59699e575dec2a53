/** A check as a page to read. */
import { visible } from '../report/escape.js';
import { type Column, renderTable } from '../report/table.js';
import type { Score } from './board.js';
import type { CheckReport } from './check.js';
import { KIND_NAMES, KIND_WITHOUT_BAR } from './kinds.js';

/** Disagreements shown; --json has all. */
const SHOWN = 10;
const FOUND: Readonly<Record<CheckReport['profileBy'], string>> = {
  given: '',
  meta: '',
  build: " (no meta file: by its functions' sizes)",
  wording: ' (no meta file: by how it words things)',
};
const WIDTH = 100;

/** Agreed and raced, of what was not learnt; 1 where there was nothing to decide. */
export function agreement(score: Score): number {
  const decided = score.agreed + score.raced + score.disagreed;
  return decided === 0 ? 1 : (score.agreed + score.raced) / decided;
}

const percent = (share: number): string => `${(Math.floor(share * 10_000) / 100).toFixed(2)}%`;
const lines = (score: Score): number => score.agreed + score.raced + score.disagreed + score.learnt;

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
  return ['', 'Not modelled, and in none of these figures: mms with a global ASID, broadcast flushes (INVLPGB)', ...wrapped(names)];
}

/** Words joined by ", " in indented lines of at most 100 columns. */
function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [index, word] of words.entries()) {
    const piece = index === words.length - 1 ? word : `${word},`;
    const last = lines.at(-1);
    if (last === undefined || last.length + piece.length + 1 > WIDTH) lines.push(`  ${piece}`);
    else lines[lines.length - 1] = `${last} ${piece}`;
  }
  return lines;
}

export function renderCheck(report: CheckReport): string {
  const rows = KIND_NAMES.filter((kind) => lines(report.kinds[kind]) > 0).map((kind) =>
    cells(kind === KIND_WITHOUT_BAR ? `${kind} (*)` : kind, report.kinds[kind]),
  );
  const shown = report.disagreements.slice(0, SHOWN);
  const rest = report.disagreed - shown.length;
  return [
    `${visible(report.file)}: ${report.events} events${report.parts === undefined ? '' : ` in ${report.parts} parts`}, profile ${report.profile}${FOUND[report.profileBy]}, ${report.backend}`,
    '',
    renderTable(COLUMNS, [...rows, cells('all', report)]),
    '  (*) a target whose queue is not empty gets no IPI, and the scheduler queues there too: no bar',
    ...notModelled(report),
    ...(shown.length === 0 ? [] : ['', 'Disagreements']),
    ...shown.map(({ line, kind, kernel, model }) => `  line ${line}  ${kind}: kernel ${kernel}, model ${model}`),
    ...(rest > 0 ? [`  and ${rest} more (--json has all)`] : []),
  ].join('\n');
}
