import type { Modules } from '../bundle/modules.js';
import { Verifier } from '../verify/verify.js';
import { InputError } from '../vocabulary/errors.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { DecidedCell } from './exhaustive/decided-cell.js';
import { judgedCell } from './exhaustive/judged-cell.js';
import { type Proved, provedRow } from './exhaustive/proved-row.js';
import type { ProofPlan, StudyRow } from './study.js';

/** What a search may take: a few hundred bytes for each state that is planned at most. */
const MEMORY_BYTES = 512 * 2 ** 20;

export interface ProveRequest {
  /** The first are proved first. */
  readonly rows: readonly StudyRow[];
  readonly plan: ProofPlan;
  readonly memory: MemoryModel;
  /** Rows at a time. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** What time is left, in milliseconds; undefined: no limit. */
  readonly budgetMs?: number;
  /** Called with each row of which something was found out. */
  readonly onProof: (proof: Proved) => void;
}

/** All executions of rows in a few small scenarios, for as long as time is left. */
export async function proveRows(request: ProveRequest, modules: Modules): Promise<void> {
  const { budgetMs, jobs, signal, onProof } = request;
  const verifier = new Verifier(modules);
  const began = performance.now();
  const leftMs = (): number | undefined =>
    budgetMs === undefined ? undefined : budgetMs - (performance.now() - began);
  const isOver = (): boolean => signal.aborted || (leftMs() ?? 1) < 1;
  const open = [...request.rows];
  const lane = async (): Promise<void> => {
    for (let row = open.shift(); row !== undefined && !isOver(); row = open.shift()) {
      const proof = await prove(row, request, verifier, leftMs);
      if (proof !== null) onProof(proof);
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, lane));
  } finally {
    verifier.close();
  }
}

/** Null where code is not seen through, or nothing was looked at in the time. */
async function prove(
  row: StudyRow,
  { plan: { scenarios, statesMax }, memory, signal }: ProveRequest,
  verifier: Verifier,
  leftMs: () => number | undefined,
): Promise<Proved | null> {
  const cells: DecidedCell[] = [];
  for (const scenario of scenarios) {
    const budgetMs = leftMs();
    if (signal.aborted || (budgetMs !== undefined && budgetMs < 1)) break;
    try {
      const outcome = await verifier.verify({
        subject: { variant: row.variant, scenario },
        ...{ memory, memoryLimit: MEMORY_BYTES, statesMax, budgetMs, signal },
      });
      cells.push({ row, scenario, verdict: judgedCell(outcome, row.variant, scenario), isKept: false });
    } catch (error) {
      // A user's variant, or another memory model: it is hunted all the same.
      if (error instanceof InputError) return null;
      throw error;
    }
  }
  return cells.length === 0 ? null : provedRow(row, cells);
}
