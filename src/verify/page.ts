/** A verification as the data of a page. */

import type { ResultRow, RowStatus } from '../report/page/document.js';
import { type ReportPage, reportPage, type ShownWitness } from '../report/page/results.js';
import type { VerifyVerdict } from './api.js';
import { isPartDone, latentLines, verdictLine, verifyRestsOn } from './words.js';

/** A verdict, and its witness where it has one that was seen again. */
export interface VerifyResult {
  readonly verdict: VerifyVerdict;
  readonly witness: ShownWitness | null;
}

export function verifyPage(
  shootdown: string,
  results: readonly VerifyResult[],
  interrupted: boolean,
): ReportPage {
  const witnesses: ShownWitness[] = [];
  const rows = results.map(({ verdict, witness }) => {
    if (witness !== null) witnesses.push(witness);
    return rowOf(verdict, witness === null ? null : witnesses.length - 1);
  });
  const verdicts = results.map(({ verdict }) => verdict);
  const memory = [...new Set(verdicts.map((verdict) => verdict.memory))].join(', ');
  const settings = [{ label: 'memory model', text: memory }];
  const grounds = [{ title: 'all of them rest on', lines: verifyRestsOn(verdicts) }];
  return reportPage({ shootdown, command: 'verify', settings, interrupted }, rows, witnesses, grounds);
}

function rowOf(verdict: VerifyVerdict, witness: number | null): ResultRow {
  const { variant, scenario, memory, violation, message, states, depth, seconds } = verdict;
  return {
    ...{ subject: variant, scenario, memory, status: statusOf(verdict), verdict: shortWords(verdict) },
    ...{ violation, message, remarks: [verdictLine(verdict), ...latentLines(verdict)] },
    ...{ executions: null, states, steps: depth, seconds, strategy: null, witness },
  };
}

function statusOf({ violation, complete, completeWithinSwitches }: VerifyVerdict): RowStatus {
  if (violation !== null) return 'violation';
  if (complete) return 'proved';
  return completeWithinSwitches ? 'none' : 'open';
}

/** What came of it, in a few words. */
export function shortWords(verdict: VerifyVerdict): string {
  switch (statusOf(verdict)) {
    case 'proved':
      return 'none in any execution';
    case 'none':
      return 'none within the bound';
    case 'open':
      return isPartDone(verdict) ? "none in this shard's part" : 'not decided';
    default:
      return verdict.violation ?? '';
  }
}
