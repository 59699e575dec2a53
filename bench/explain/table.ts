import { isExplained, type Judged } from './judge.js';

/** What became of the seeds of one bug. */
export interface Outcomes {
  /** Seeds whose hunt met nothing. */
  notFound: number;
  /** Witnesses along whose schedule the twin does the same: no step to look for. */
  sameAsTwin: number;
  readonly judged: Judged[];
}

export const noOutcomes = (): Outcomes => ({ notFound: 0, sameAsTwin: 0, judged: [] });

const MEASURES: readonly ((one: Judged) => boolean)[] = [
  ({ isMarked }) => isMarked,
  ({ isShort }) => isShort,
  ({ isNamed }) => isNamed,
  isExplained,
];

const percent = (part: number, all: number): string => `${((100 * part) / Math.max(1, all)).toFixed(1)} %`;

/** The table in Markdown, a line a bug and one for all, and the share of what is explained, 0 to 1. */
export function tableOf(bugs: ReadonlyMap<string, Outcomes>): { lines: string[]; share: number } {
  const lines = [
    '| bug | not found | as its twin | judged | fix marked | at most 12 | fix named | all three |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const row = (name: string, { notFound, sameAsTwin, judged }: Outcomes, cells: readonly string[]) =>
    `| ${[name, notFound, sameAsTwin, judged.length, ...cells].join(' | ')} |`;
  const all = noOutcomes();
  for (const [name, outcomes] of bugs) {
    lines.push(
      row(
        name,
        outcomes,
        MEASURES.map((measure) => String(outcomes.judged.filter(measure).length)),
      ),
    );
    all.notFound += outcomes.notFound;
    all.sameAsTwin += outcomes.sameAsTwin;
    all.judged.push(...outcomes.judged);
  }
  const parts = MEASURES.map((measure) => all.judged.filter(measure).length);
  lines.push(
    row(
      'all',
      all,
      parts.map((part) => percent(part, all.judged.length)),
    ),
  );
  return { lines, share: (parts.at(-1) ?? 0) / Math.max(1, all.judged.length) };
}
