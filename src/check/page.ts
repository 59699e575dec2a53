/** Checks of recordings as the data of a page. */

import type { ResultRow, RowStatus } from '../report/page/document.js';
import { type ReportPage, reportPage } from '../report/page/results.js';
import type { Disagreement, Score } from './board.js';
import type { CheckReport } from './check-recording.js';
import { KIND_NAMES, KIND_WITHOUT_BAR, type Kind } from './kinds.js';
import { verdictLine } from './render.js';

/** Places of a recording that are named one by one; `--json` has all. */
const PLACES_MAX = 200;

/** A row for each kind of decision of each recording. */
export function checkPage(shootdown: string, reports: readonly CheckReport[]): ReportPage {
  const rows = reports.flatMap((report) =>
    KIND_NAMES.filter((kind) => hasLines(report.kinds[kind])).map((kind) => rowOf(report, kind)),
  );
  const settings = reports.map((report) => ({ label: report.file, text: verdictLine(report) }));
  const grounds = reports.flatMap((report) => [
    placesOf(report, 'the kernel decided otherwise', report.disagreements, report.disagreed),
    placesOf(report, 'of another order', report.races, report.raced),
    placesOf(report, 'where the recording contradicts itself', report.contradictions),
  ]);
  const head = { shootdown, command: 'trace check', settings, interrupted: false };
  return reportPage(
    { ...head, headline: headlineOf(reports) },
    rows,
    [],
    grounds.filter(({ lines }) => lines.length > 0),
  );
}

function headlineOf(reports: readonly CheckReport[]): string {
  const [only] = reports;
  if (reports.length === 1) return verdictLine(only);
  const differ = reports.filter(({ disagreed }) => disagreed > 0).length;
  return `The kernel decided otherwise than the model in ${differ} of ${reports.length} recordings`;
}

function rowOf(report: CheckReport, kind: Kind): ResultRow {
  const score = report.kinds[kind];
  const isLeftOut = kind === KIND_WITHOUT_BAR;
  // What no bar judges is counted, and neither right nor wrong.
  const status = isLeftOut ? 'known' : statusOf(score);
  return {
    ...{ subject: kind, scenario: report.file, memory: '', status, verdict: wordsOf(status) },
    ...{ violation: null, message: null, executions: null, states: null, steps: null, seconds: null },
    ...{ strategy: null, witness: null, remarks: isLeftOut ? ['has no bar, and is in no sum'] : [] },
    counts: { agreed: score.agreed, raced: score.raced, disagreed: score.disagreed, learnt: score.learnt },
  };
}

const hasLines = (score: Score): boolean => score.agreed + score.raced + score.disagreed + score.learnt > 0;

function statusOf({ agreed, raced, disagreed }: Score): RowStatus {
  if (disagreed > 0) return 'violation';
  return agreed + raced > 0 ? 'none' : 'open';
}

function wordsOf(status: RowStatus): string {
  switch (status) {
    case 'violation':
      return 'disagrees';
    case 'known':
      return 'not judged';
    case 'open':
      return 'learnt only';
    default:
      return 'agrees';
  }
}

function placesOf(
  { file, notCompared }: CheckReport,
  title: string,
  places: readonly Disagreement[],
  number = places.length,
): { readonly title: string; readonly lines: readonly string[] } {
  const shown = places.slice(0, PLACES_MAX);
  const left = number - shown.length;
  const lacks =
    notCompared.length === 0 ? '' : `; not compared: ${notCompared.map(({ kind }) => kind).join(', ')}`;
  return {
    title: `${file}: ${title}${lacks}`,
    lines: [
      ...shown.map(
        ({ line, kind, kernel, model }) => `line ${line}, ${kind}: kernel ${kernel}, model ${model}`,
      ),
      ...(left > 0 && shown.length > 0 ? [`and ${left} more (--json has all)`] : []),
    ],
  };
}
