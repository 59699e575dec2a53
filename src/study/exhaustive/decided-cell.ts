import type { VerifyVerdict } from '../../verify/api.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import type { StudyRow } from '../study.js';

/** A row of a study in a scenario: what one verification decides. */
export interface Cell {
  readonly row: StudyRow;
  readonly scenario: Scenario;
}

/** What a verification has come to. */
export interface CellVerdict extends VerifyVerdict {
  /** Name of the open finding of the kernel that the violation is; null: it is none, or there is none. */
  readonly known: string | null;
}

export interface DecidedCell extends Cell {
  readonly verdict: CellVerdict;
  /** Whether an earlier run has decided it. */
  readonly isKept: boolean;
}

/** Whether nothing more is to be found out: all executions were looked at, or one of them is wrong. */
export function isDecided({ complete, violation }: VerifyVerdict): boolean {
  return complete || violation !== null;
}
