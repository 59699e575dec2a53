import type { MemoryModel } from '../../vocabulary/finding.js';
import type { Study } from '../study.js';
import { type CellVerdict, type DecidedCell, isDecided } from './decided-cell.js';
import { type ProvedRow, provedRows, type ShortestWitness } from './proved-row.js';

/** `study NAME --exhaustive --json`. */
export interface ProvedDocument {
  readonly format: 'shootdown-study-exhaustive';
  readonly version: 1;
  readonly shootdown: string;
  readonly study: string;
  /** Of the code that has decided. */
  readonly codeHash: string;
  /** Ended by Ctrl-C; what was not reached is missing. */
  readonly interrupted: boolean;
  readonly memory: MemoryModel;
  readonly scenarios: readonly string[];
  readonly rows: readonly {
    readonly group: string;
    readonly variant: string;
    readonly label: string;
    readonly witness: ShortestWitness | null;
    readonly refuted: readonly string[];
    readonly proved: readonly string[];
    readonly undecided: readonly string[];
    readonly known: ProvedRow['known'];
    readonly latent: readonly string[];
    readonly states: number;
  }[];
  /** One per row and scenario, in order. */
  readonly verdicts: readonly CellVerdict[];
  readonly answer: readonly string[];
}

export function provedDocument(
  study: Study,
  cells: readonly DecidedCell[],
  asked: Pick<ProvedDocument, 'shootdown' | 'codeHash' | 'interrupted' | 'memory' | 'scenarios'>,
): ProvedDocument {
  const rows = provedRows(cells);
  return {
    format: 'shootdown-study-exhaustive',
    version: 1,
    ...asked,
    study: study.name,
    rows: rows.map(({ row, witness, refuted, proved, verdicts, known, latent, states }) => ({
      ...{ group: row.group, variant: row.variant, label: row.label },
      ...{ witness, refuted, proved, known, latent, states },
      undecided: verdicts.filter((verdict) => !isDecided(verdict)).map(({ scenario }) => scenario),
    })),
    verdicts: cells.map(({ verdict }) => verdict),
    answer: study.exhaustive?.answer(rows) ?? [],
  };
}
