import type { Modules } from '../../bundle/modules.js';
import type { VerifyProgress } from '../../verify/api.js';
import { Verifier } from '../../verify/verify.js';
import type { Finding, MemoryModel } from '../../vocabulary/finding.js';
import type { Cell, CellVerdict, DecidedCell } from './decided-cell.js';
import { judgedCell } from './judged-cell.js';
import { type Allowed, KeptVerdicts } from './kept-verdicts.js';

export interface DecideRequest extends Allowed {
  /** In the order in which they are told. */
  readonly cells: readonly Cell[];
  readonly memory: MemoryModel;
  /** How many are searched at a time; each may take the memory. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Keeps a finding; answers its path, or null where it could not be kept. */
  readonly keep: (finding: Finding) => string | null;
  /** Called with each cell as soon as it and those before it are decided. */
  readonly onCell: (cell: DecidedCell) => void;
  readonly onProgress: (cell: Cell, progress: VerifyProgress) => void;
}

export interface Decided {
  /** In order; fewer than were asked for where it was aborted. */
  readonly cells: readonly DecidedCell[];
  /** Of the code that has decided. */
  readonly codeHash: string;
  /** Why a verdict could not be kept, which has ended the study; null if all was well. */
  readonly failure: unknown;
}

/**
 * Decides cells, but those that `file` keeps of the same code. Throws InputError where it keeps other things.
 */
export async function decideStudy(request: DecideRequest, file: string, modules: Modules): Promise<Decided> {
  const verifier = new Verifier(modules);
  try {
    const codeHash = await verifier.codeHash();
    const kept = new KeptVerdicts(file, codeHash);
    return { codeHash, ...(await decideCells(request, verifier, kept)) };
  } finally {
    verifier.close();
  }
}

/** Decides cells, but those that are `kept`; keeps what it decides. */
export async function decideCells(
  request: DecideRequest,
  verifier: Pick<Verifier, 'verify'>,
  kept: KeptVerdicts,
): Promise<Pick<Decided, 'cells' | 'failure'>> {
  const { cells, memory, jobs, signal, onCell } = request;
  const decided: (DecidedCell | undefined)[] = cells.map((cell) => {
    const verdict = kept.find(cell, memory, request);
    return verdict === null ? undefined : { ...cell, verdict, isKept: true };
  });
  const open = cells.flatMap((_, index) => (decided[index] === undefined ? [index] : []));
  const told: DecidedCell[] = [];
  const tell = (): void => {
    for (let cell = decided[told.length]; cell !== undefined; cell = decided[told.length]) {
      told.push(cell);
      onCell(cell);
    }
  };
  tell();
  let failure: unknown = null;
  const lane = async (): Promise<void> => {
    const goesOn = (): boolean => !signal.aborted && failure === null;
    for (let index = open.shift(); index !== undefined && goesOn(); index = open.shift()) {
      const verdict = await decide(cells[index], request, verifier);
      // What was interrupted is to be asked again.
      if (verdict.ended === 'interrupted') return;
      try {
        kept.add(cells[index], verdict, request);
      } catch (error) {
        // What is known is told first, this verdict and those that others are about to find.
        failure ??= error;
      }
      decided[index] = { ...cells[index], verdict, isKept: false };
      tell();
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  return { cells: told, failure };
}

async function decide(
  cell: Cell,
  request: DecideRequest,
  verifier: Pick<Verifier, 'verify'>,
): Promise<CellVerdict> {
  const { memory, memoryLimit, budgetMs, statesMax, signal, keep, onProgress } = request;
  const { variant } = cell.row;
  const outcome = await verifier.verify({
    subject: { variant, scenario: cell.scenario },
    ...{ memory, memoryLimit, budgetMs, statesMax, signal },
    onProgress: (progress) => onProgress(cell, progress),
  });
  const { finding } = outcome;
  const kept = finding === null ? null : keep(finding);
  return { ...judgedCell(outcome, variant, cell.scenario), finding: kept };
}
