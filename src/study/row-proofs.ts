import type { Modules } from '../bundle/modules.js';
import { Verifier } from '../verify/verify.js';
import { InputError } from '../vocabulary/errors.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { DecidedCell } from './exhaustive/decided-cell.js';
import { judgedCell } from './exhaustive/judged-cell.js';
import { type ProvedRow, provedRow } from './exhaustive/proved-row.js';
import type { ProofPlan, StudyRow } from './study.js';

/** What a search may take: a few hundred bytes for each state that is planned at most. */
const MEMORY_BYTES = 512 * 2 ** 20;

/**
 * All executions of rows in a few small scenarios, in a thread beside the pool, a row at a time. Where rows
 * have only so much time, each has its share.
 */
export class RowProofs {
  private readonly verifier: Verifier;
  private previous: Promise<unknown>;

  constructor(
    private readonly plan: ProofPlan,
    private readonly asked: { readonly memory: MemoryModel; readonly signal: AbortSignal },
    modules: Modules,
  ) {
    this.verifier = new Verifier(modules);
    // Bundling belongs to no row's time.
    this.previous = this.verifier.codeHash().catch(() => undefined);
  }

  /** Null where code is not seen through, or nothing was looked at in the time. */
  of(row: StudyRow, budgetMs?: number): Promise<ProvedRow | null> {
    const proof = this.previous.then(() => this.prove(row, budgetMs));
    this.previous = proof.catch(() => undefined);
    // Whoever waits for it hears of a failure, perhaps later.
    proof.catch(() => undefined);
    return proof;
  }

  close(): void {
    this.verifier.close();
  }

  private async prove(row: StudyRow, budgetMs?: number): Promise<ProvedRow | null> {
    const { memory, signal } = this.asked;
    const { scenarios, statesMax } = this.plan;
    const began = performance.now();
    const cells: DecidedCell[] = [];
    for (const scenario of scenarios) {
      const leftMs = budgetMs === undefined ? undefined : budgetMs - (performance.now() - began);
      if (signal.aborted || (leftMs !== undefined && leftMs < 1)) break;
      try {
        const outcome = await this.verifier.verify({
          subject: { variant: row.variant, scenario },
          ...{ memory, memoryLimit: MEMORY_BYTES, statesMax, budgetMs: leftMs, signal },
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
}
