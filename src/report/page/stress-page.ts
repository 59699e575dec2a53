/** A stress run as the data of a page. */

import type { StressResult } from '../../stress/api.js';
import { stressLines } from '../stress-words.js';
import type { LabelledLine } from '../witness-words.js';
import type { ResultRow, RowStatus } from './document.js';
import { type ReportHead, type ReportPage, reportPage, type ShownWitness } from './results.js';

/** `witness`: what the explorer found in the same place, or null. `about`: what was run, and where. */
export function stressPage(
  head: Pick<ReportHead, 'shootdown' | 'interrupted'>,
  result: StressResult,
  witness: ShownWitness | null,
  about: readonly LabelledLine[],
): ReportPage {
  const lines = stressLines(result).map(({ label, text }) => (label === '' ? text : `${label}: ${text}`));
  const grounds = [{ title: 'what threads did, and what the verdict rests on', lines }];
  return reportPage(
    { ...head, command: 'stress', settings: about },
    [rowOf(result, witness)],
    witness === null ? [] : [witness],
    grounds,
  );
}

function rowOf(result: StressResult, witness: ShownWitness | null): ResultRow {
  const { variant, memory, violations, hang, dead, scenario, failedIn, seconds } = result;
  const [first, ...others] = violations;
  const remarks = [
    ...others.map(({ class: name, message }) => `${name}: ${message}`),
    ...(hang === null ? [] : [`hang: ${hang.message}`]),
    ...dead.map((text) => `died: ${text}`),
    ...(witness === null ? [] : ['the witness is one that the explorer found in the same place']),
  ];
  return {
    ...{ subject: variant, scenario: failedIn ?? scenario, memory, status: statusOf(result), remarks },
    ...{ verdict: wordsOf(result), violation: first?.class ?? null, message: first?.message ?? null },
    ...{ executions: null, states: null, steps: null, seconds, strategy: null },
    witness: witness === null ? null : 0,
  };
}

function statusOf({ violations, hang, dead, interrupted, changedNothing }: StressResult): RowStatus {
  if (violations.length > 0) return 'violation';
  return hang !== null || dead.length > 0 || interrupted || changedNothing ? 'open' : 'none';
}

function wordsOf({ violations, hang, dead, changedNothing }: StressResult): string {
  if (violations.length > 0) return violations[0].class;
  if (hang !== null) return 'hang';
  if (dead.length > 0) return 'a thread died';
  return changedNothing ? 'none seen, NO EFFECT' : 'none seen';
}
