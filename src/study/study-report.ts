import type { RowEffect, RowProof, StudyReport } from '../report/json-documents.js';
import { ownCounters } from '../report/own-counters.js';
import { baselineOf, type ColumnValue, type RowResult, type Study } from './study.js';

/** What a study has come to, for its document. `notes`: what the import of a recording left out. */
export function studyReport(
  study: Study,
  results: readonly RowResult[],
  notes: readonly string[],
  interrupted: boolean,
): StudyReport<ColumnValue> {
  const rows = results.map((result) => {
    const { row, verdict, known } = result;
    const { group, variant, label, baseline, senseless = null } = row;
    const compared = baselineOf(result, results);
    const columns = Object.fromEntries(
      study.columns.map((column) => [column.key, column.value(result, compared)]),
    );
    return {
      group,
      variant,
      label,
      baseline,
      senseless,
      known: verdict?.known ?? null,
      knownWitness: known,
      effect: effectOf(result),
      counters: verdict === null ? {} : Object.fromEntries(ownCounters(verdict.counters)),
      proof: proofOf(result),
      columns,
    };
  });
  const verdicts = results.flatMap(({ verdict }) => verdict ?? []);
  return { study: study.name, interrupted, verdicts, notes, rows, answer: study.answer(results) };
}

function proofOf({ proof }: RowResult): RowProof | null {
  if (proof === null) return null;
  const { witness, proved, partly, states, isShipped } = proof;
  return {
    witness:
      witness === null ? null : { class: witness.class, steps: witness.steps, scenario: witness.scenario },
    proved,
    undecided: partly.map(({ scenario, withinSteps }) => ({ scenario, withinSteps })),
    states,
    isShipped,
  };
}

function effectOf({ pairs }: RowResult): RowEffect | null {
  return pairs === null
    ? null
    : {
        pairs: pairs.pairs,
        otherwise: pairs.otherwise,
        changedNothing: pairs.pairs > 0 && pairs.otherwise === 0,
      };
}
