import { groupDigits } from '../../report/text-columns.js';
import type { ViolationClass } from '../../vocabulary/finding.js';
import type { StudyRow } from '../study.js';
import type { CellVerdict, DecidedCell } from './decided-cell.js';

/** What verifications say of a row, over all scenarios in which it was looked at. */
export interface Proved {
  readonly row: StudyRow;
  /** Decided before, and brought by the package. */
  readonly isShipped: boolean;
  /** The shortest of those that are not known of the kernel beneath. */
  readonly witness: ShortestWitness | null;
  /** Scenarios in which it has such a witness. */
  readonly refuted: readonly string[];
  /** Scenarios of which every execution was looked at and none is wrong. */
  readonly proved: readonly string[];
  /** States of those. */
  readonly states: number;
  /** Open findings of the kernel that ended a search, and where. */
  readonly known: readonly { readonly finding: string; readonly scenario: string }[];
  /** Scenarios with more executions than were looked at. */
  readonly partly: readonly CellVerdict[];
  /** Latent violations that some execution meets, each class once. */
  readonly latent: readonly string[];
}

/** The same, with the verdicts that it comes from. */
export interface ProvedRow extends Proved {
  readonly verdicts: readonly CellVerdict[];
}

export interface ShortestWitness {
  readonly class: ViolationClass;
  readonly steps: number;
  readonly scenario: string;
  readonly finding: string | null;
}

/** Of the decided cells of one row. */
export function provedRow(row: StudyRow, cells: readonly DecidedCell[]): ProvedRow {
  const verdicts = cells.map(({ verdict }) => verdict);
  const wrong = verdicts.filter(({ violation, known }) => violation !== null && known === null);
  const proved = verdicts.filter(({ complete }) => complete);
  const shortest = wrong.reduce<CellVerdict | null>(
    (best, verdict) => (best === null || verdict.depth < best.depth ? verdict : best),
    null,
  );
  return {
    row,
    isShipped: false,
    verdicts,
    witness:
      shortest === null || shortest.violation === null
        ? null
        : {
            class: shortest.violation,
            steps: shortest.depth,
            scenario: shortest.scenario,
            finding: shortest.finding,
          },
    refuted: wrong.map(({ scenario }) => scenario),
    proved: proved.map(({ scenario }) => scenario),
    states: proved.reduce((sum, { states }) => sum + states, 0),
    known: verdicts.flatMap(({ known: finding, scenario }) =>
      finding === null ? [] : [{ finding, scenario }],
    ),
    partly: verdicts.filter(({ complete, violation }) => !complete && violation === null),
    latent: [...new Set(verdicts.flatMap(({ latent }) => latent.map(({ class: name }) => name)))],
  };
}

/** Rows in the order of their first cell. */
export function provedRows(cells: readonly DecidedCell[]): ProvedRow[] {
  const rows = new Map<string, DecidedCell[]>();
  for (const cell of cells) rows.set(cell.row.variant, [...(rows.get(cell.row.variant) ?? []), cell]);
  return [...rows.values()].map((own) => provedRow(own[0].row, own));
}

/** Of a scenario that is too large, how far it was looked at. */
export function partlyWords({ scenario, completeWithinSwitches, bounds, withinSteps }: CellVerdict): string {
  return completeWithinSwitches
    ? `${scenario} (${groupDigits(bounds.switches ?? 0)})`
    : `${scenario} (${groupDigits(withinSteps)} steps)`;
}
