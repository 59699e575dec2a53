/** A study's table as the data of a page. */

import type { StudyReport } from '../report/json-documents.js';
import type { ResultRow } from '../report/page/document.js';
import { type ReportPage, reportPage, type ShownWitness, verdictRow } from '../report/page/results.js';
import { allRestOn } from '../report/rests-on.js';
import { replayCommand } from '../report/witness-words.js';
import type { RowResult } from './study.js';

/** `results` are the rows as they ran, `report` is what the study has come to. */
export function studyPage(
  shootdown: string,
  results: readonly RowResult[],
  {
    study,
    interrupted,
    verdicts,
    notes,
    answer,
  }: Pick<StudyReport<unknown>, 'study' | 'interrupted' | 'verdicts' | 'notes' | 'answer'>,
): ReportPage {
  const witnesses: ShownWitness[] = [];
  const rows = results.flatMap((result) => {
    const { verdict, finding, replay } = result;
    if (verdict === null) return [];
    const isShown = finding !== null && replay !== null;
    if (isShown)
      witnesses.push({
        ...{ finding, cause: replay.cause, file: verdict.finding, execution: replay },
        replay: verdict.finding === null ? null : replayCommand(verdict.finding, finding),
      });
    return [rowOf(result, verdictRow(verdict, isShown ? witnesses.length - 1 : null))];
  });
  const settings = [{ label: 'study', text: study }];
  const grounds = [{ title: 'answer', lines: answer }, ...allRestOn(verdicts, notes)];
  return reportPage({ shootdown, command: 'study', settings, interrupted }, rows, witnesses, grounds);
}

/** By the names that the study's table has. */
function rowOf({ row, known }: RowResult, told: ResultRow): ResultRow {
  const remarks = [
    ...told.remarks,
    ...(known === null || told.violation !== null ? [] : [`a witness of ${known} travels with the package`]),
  ];
  return { ...told, subject: `${row.group} ${row.label}`, remarks };
}
