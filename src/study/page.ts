/** A study's table as the data of a page. */

import type { StudyReport } from '../report/json-documents.js';
import type { Measure, ResultRow } from '../report/page/document.js';
import { type ReportPage, reportPage, type ShownWitness, verdictRow } from '../report/page/results.js';
import { allRestOn } from '../report/rests-on.js';
import { count } from '../report/text-columns.js';
import { replayCommand } from '../report/witness-words.js';
import type { RowResult } from './study.js';

/** Columns that a chart shows, by key, and what they count. */
const MEASURES: Readonly<Record<string, string>> = {
  needlessSwitchFlushesPerThousandOperations: 'Needless flushes at switches, per 1,000 client operations',
  switchFlushesPerThousandOperations: 'Flushes at switches, per 1,000 client operations',
  cpusReachedPerThousandOperations: 'CPUs reached by an IPI or an exit, per 1,000 client operations',
  ipisForNothingPerThousandOperations: 'IPIs that had nothing to flush, per 1,000 client operations',
  lazyWakeupsPerThousandOperations: 'Lazy CPUs reached, per 1,000 client operations',
  lockedOperationsPerOperation: 'Cost: locked instructions per client operation',
  ipisPerThousandOperations: 'Cost: IPIs whose flush function ran, per 1,000 client operations',
  hypercallsPerThousandOperations: 'Cost: flushes asked of the host, per 1,000 client operations',
  broadcastsPerThousandOperations: 'Cost: flushes by hardware alone, per 1,000 client operations',
  exitsPerThousandOperations: 'Cost: exits of running vCPUs, per 1,000 client operations',
  fullFlushesPerThousandOperations: 'Full flushes, per 1,000 client operations',
  partialFlushesPerThousandOperations: 'Flushes of single pages, per 1,000 client operations',
  needlessFlushesPerThousandOperations: 'Flushes with nothing to flush, per 1,000 client operations',
};

/** `results` are the rows as they ran, `report` is what the study has come to. */
export function studyPage(
  shootdown: string,
  results: readonly RowResult[],
  { study, interrupted, verdicts, notes, answer, rows: measured }: StudyReport<unknown>,
): ReportPage {
  const witnesses: ShownWitness[] = [];
  const rows = results.flatMap((result) => {
    const { row, verdict, finding, replay, counts, rounds } = result;
    // Neither hunted for nor counted: it makes no sense, or its turn did not come.
    if (verdict === null && counts === null && rounds === null) return [];
    const isShown = finding !== null && replay !== null;
    if (isShown)
      witnesses.push({
        ...{ finding, cause: replay.cause, file: verdict?.finding ?? null, execution: replay },
        replay: verdict?.finding == null ? null : replayCommand(verdict.finding, finding),
      });
    const told = verdict === null ? COUNTED : verdictRow(verdict, isShown ? witnesses.length - 1 : null);
    const own = measured.find(({ group, variant }) => group === row.group && variant === row.variant);
    return [{ ...rowOf(result, told), measures: measuresOf(own?.columns ?? {}) }];
  });
  const settings = [{ label: 'study', text: study }];
  const grounds = [{ title: 'answer', lines: answer }, ...allRestOn(verdicts, notes)];
  const headline = verdicts.length === 0 ? `Counted for ${count(rows.length, 'row')}` : undefined;
  const head = { shootdown, command: 'study', settings, interrupted };
  return reportPage(headline === undefined ? head : { ...head, headline }, rows, witnesses, grounds);
}

/** A row that nothing was hunted for. */
const COUNTED: ResultRow = {
  ...{ subject: '', scenario: '', memory: '', status: 'open', verdict: 'counted', violation: null },
  ...{ message: null, remarks: [], executions: null, states: null, steps: null, seconds: null },
  ...{ strategy: null, witness: null },
};

/** By the names that the study's table has. */
function rowOf({ row, known }: RowResult, told: ResultRow): ResultRow {
  const remarks = [
    ...told.remarks,
    ...(known === null || told.violation !== null ? [] : [`a witness of ${known} travels with the package`]),
  ];
  return { ...told, subject: `${row.group} ${row.label}`, group: row.group, label: row.label, remarks };
}

function measuresOf(columns: Readonly<Record<string, unknown>>): Measure[] {
  return Object.entries(MEASURES).flatMap(([key, title]) => {
    const value = levelOf(columns[key]);
    return value === null ? [] : [{ key, title, value }];
  });
}

/** The level of a column that has one beside a difference. */
function levelOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  const level = typeof value === 'object' && value !== null && 'value' in value ? value.value : null;
  return typeof level === 'number' ? level : null;
}
