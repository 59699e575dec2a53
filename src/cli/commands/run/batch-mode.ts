/** `run --mode batch`: each subject batch after batch until its time is up, each kept in the corpus. */

import type { Blob } from '../../../findings/blob.js';
import { Batches } from '../../../merge/batches.js';
import { blobOf } from '../../../report/reporters/blob.js';
import type { CliContext } from '../../command-context.js';
import type { HuntResult } from '../../engine-api.js';
import type { CampaignOptions, CampaignRequest } from '../hunt/campaign.js';

/** Time of a batch: what an end at any moment costs. */
const BATCH_MS = 20_000;

export interface BatchPlan {
  readonly corpus: string;
  readonly notes: readonly string[];
}

interface Search {
  readonly request: CampaignRequest;
  readonly batches: Batches;
  readonly begunMs: number;
  /** A violation that cannot be gone past: nothing more would be found. */
  isBlocked: boolean;
}

export class BatchMode {
  private readonly searches: Search[] = [];
  /** Of this process: what was seen again, by subject. */
  private readonly seen: (HuntResult | null)[] = [];

  constructor(
    private readonly context: CliContext,
    private readonly plan: BatchPlan,
    private readonly codeHash: string,
  ) {}

  /** The first batch of a subject in this run; null where earlier runs have done all that is asked. */
  begin(subject: number, request: CampaignRequest): CampaignRequest | null {
    const { strategies, seed, memory } = request;
    const of = JSON.stringify(
      'program' in request
        ? [this.codeHash, strategies, seed, memory]
        : [this.codeHash, strategies, seed, memory, request.scenarios],
    );
    const batches = new Batches(this.plan.corpus, { subject: nameOf(request), of });
    const search = { request, batches, begunMs: performance.now(), isBlocked: false };
    this.searches[subject] = search;
    return isDone(search) ? null : batchOf(search);
  }

  /**
   * Keeps the batch that has ended; answers the next one, or null where the time is up. Throws
   * InfrastructureError where it cannot be kept.
   */
  readonly instead: NonNullable<CampaignOptions['instead']> = (result, subject, keep) => {
    const search = this.searches[subject];
    const { verdict, finding } = result;
    if (verdict.interrupted || verdict.executions === 0) return null;
    const before = search.batches.known.length;
    // Another bug may be told as what all batches come to: this one is in its file by then.
    if (finding !== null) keep(finding);
    search.batches.add(this.blobOf(result, search));
    if (finding !== null) {
      this.seen[subject] ??= result;
      // Without a cause, or met again though it was to be gone past: it would end every batch from here on.
      search.isBlocked = search.batches.known.length === before;
    }
    return search.isBlocked || isOver(search) ? null : batchOf(search);
  };

  /** What all batches of a subject come to, those of earlier runs among them. */
  async total(last: HuntResult | null, subject: number): Promise<HuntResult> {
    const { batches } = this.searches[subject];
    const total = batches.total();
    // A violation that nothing was kept of is told as it is.
    const isUnkept = (last?.verdict.violation ?? null) !== null && total?.witness === null;
    if (last !== null && (total === null || isUnkept)) return last;
    if (total === null) throw new Error('a search without a batch is not over');
    const { witness } = total;
    const { interrupted = false } = last?.verdict ?? {};
    const verdict = { ...total.verdict, interrupted };
    if (witness === null) return { verdict, finding: null, replay: null };
    const own = this.seen[subject];
    const isOwn = own?.finding?.traceHash === witness.finding.traceHash;
    const replay = isOwn && own !== undefined && own !== null ? own.replay : null;
    const { finding } = witness;
    return { verdict, finding, replay: replay ?? (await this.context.engine.replay(finding)) };
  }

  private blobOf({ verdict, finding, replay }: HuntResult, { request }: Search): Blob {
    const { seed, memory, strategies } = request;
    const witness =
      finding === null ? null : { finding, trace: [], cause: replay?.cause ?? null, replay: null };
    return blobOf({
      ...{ version: this.context.version, seed, memory, strategies, shard: undefined },
      ...{ results: [{ verdict, witness }], notReached: [], interrupted: false, baseline: null },
      notes: this.plan.notes,
    });
  }
}

const nameOf = (request: CampaignRequest): string =>
  'program' in request ? request.program : request.variant;

function isOver(search: Search): boolean {
  const { budgetMs } = search.request;
  return (budgetMs !== undefined && performance.now() - search.begunMs >= budgetMs) || isDone(search);
}

/** Of all runs together: the time is each run's own. */
function isDone({ request: { executions }, batches }: Search): boolean {
  return executions !== undefined && batches.executions >= executions;
}

/** The next batch: a seed of its own, past what was met. Executions are counted over all runs. */
function batchOf({ request, batches, begunMs }: Search): CampaignRequest {
  const { budgetMs, executions, seed, known = [] } = request;
  const leftMs = budgetMs === undefined ? BATCH_MS : budgetMs - (performance.now() - begunMs);
  return {
    ...request,
    seed: (seed + Math.imul(batches.count, 0x9e3779b9)) >>> 0,
    known: [...known, ...batches.known],
    covers: batches.reached,
    budgetMs: Math.max(1, Math.ceil(Math.min(BATCH_MS, leftMs))),
    executions: executions === undefined ? undefined : Math.max(1, executions - batches.executions),
  };
}
