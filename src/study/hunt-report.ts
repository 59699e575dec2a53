/** A study's rows as the results of a hunt, for reports that CI systems read. */

import type { HuntReport, HuntResult } from '../report/reporters/hunt-report.js';
import { replayCommand } from '../report/witness-words.js';
import { VERSION } from '../vocabulary/version.js';
import type { RowResult, Study } from './study.js';

/**
 * Rows that were hunted for. A violation is a failure where the others are compared with the row; of the
 * others either answer is what was asked for. `notes`: what the import of a recording left out.
 */
export function studyHuntReport(
  study: Study,
  rows: Study['rows'],
  results: readonly RowResult[],
  settings: Pick<HuntReport, 'seed' | 'memory' | 'strategies' | 'notes' | 'interrupted'>,
): HuntReport {
  const reached = new Set(results.map(({ row }) => row));
  return {
    ...settings,
    ...{ version: VERSION, command: `study ${study.name}`, shard: undefined, baseline: null },
    // That a rule changes nothing where it is put is told in the table, and fails nothing.
    allowNoEffect: true,
    results: results.flatMap((result) => resultOf(study, result)),
    notReached: rows.flatMap((row) => (reached.has(row) || row.senseless !== undefined ? [] : [row.variant])),
  };
}

function resultOf({ name }: Study, { row, verdict, finding, replay }: RowResult): HuntResult[] {
  if (verdict === null) return [];
  const command =
    verdict.finding === null || finding === null ? null : replayCommand(verdict.finding, finding);
  const witness =
    finding === null || replay === null
      ? null
      : { finding, trace: replay.trace, cause: replay.cause, replay: command, execution: replay };
  const expected = { project: name, text: 'either answer', isMet: true };
  return [{ verdict, witness, ...(row.baseline === null ? {} : { expected }) }];
}
