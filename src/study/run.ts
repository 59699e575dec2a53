import type { HuntProgress } from '../explore/api.js';
import { hunt } from '../explore/hunt.js';
import type { HuntPool } from '../explore/pool.js';
import { explained } from '../replay/explained.js';
import { findVariant } from '../variants/index.js';
import type { Finding, MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { countOver } from './counts.js';
import { roundsOf } from './rounds.js';
import type { ProbeName, RowResult, Study, StudyRow } from './study.js';

export interface StudyRequest {
  readonly study: Study;
  /** Rows to run, in the study's order; the baselines that they are compared with are among them. */
  readonly rows: readonly StudyRow[];
  readonly scenarios: readonly Scenario[];
  readonly strategies: readonly string[];
  readonly memory: MemoryModel;
  readonly seed: number;
  /** Executions of a row's hunt; undefined: as many as the time allows. */
  readonly executions?: number;
  /** Executions of a row's hunt that are done whatever the time. */
  readonly executionsMin: number;
  /** Executions per scenario of the counting run, and of the one on the broken host. */
  readonly counted: number;
  readonly onBrokenHost: number;
  /** Wall time in milliseconds for all rows. It ends hunts early, and nothing else. */
  readonly budgetMs?: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: HuntProgress) => void;
  /** Keeps a finding; answers its path, or null where it could not be kept. */
  readonly keep: (finding: Finding) => string | null;
  /** Called with each row as soon as it is known, in the order of `rows`. */
  readonly onRow: (result: RowResult) => void;
}

export interface StudyOutcome {
  readonly results: readonly RowResult[];
  readonly interrupted: boolean;
}

/** Of the host's features, the one without which it loses flush requests (B27). */
const BROKEN_HOST = '~hostAtomicClear';
/** A scenario in which vCPUs are preempted at least so often is where it does, and the more often the sooner. */
const OFTEN_PREEMPTED = 8;
const BROKEN_HOST_PREEMPTIONS = 24;

type Probed = Omit<RowResult, 'row'>;
const UNKNOWN: Probed = { verdict: null, finding: null, counts: null, brokenHost: null, rounds: null };

/** Runs a study's rows in order. While a row is hunted, the one before it is counted, so that no worker waits for the end of a row. */
export async function runStudy(request: StudyRequest, pool: HuntPool): Promise<StudyOutcome> {
  const began = performance.now();
  const results: RowResult[] = [];
  const { probes } = request.study;
  let previous: Promise<void> = Promise.resolve();
  for (const [index, row] of request.rows.entries()) {
    if (request.signal.aborted) break;
    let probed = UNKNOWN;
    let others: Promise<readonly Partial<Probed>[]> = Promise.resolve([]);
    if (row.senseless === undefined) {
      const left = request.rows.slice(index).filter(({ senseless }) => senseless === undefined).length;
      const budgetMs = request.budgetMs === undefined ? undefined : (request.budgetMs - (performance.now() - began)) / left;
      if (probes.includes('hunt')) probed = { ...probed, ...(await huntRow(row, request, pool, budgetMs)) };
      if (!request.signal.aborted) {
        others = Promise.all(probes.flatMap((probe) => (probe === 'hunt' ? [] : [PROBES[probe](row, request, pool)])));
        // It is waited for below, and a failure is heard of there.
        others.catch(() => undefined);
      }
    }
    await previous;
    previous = others.then((parts) => {
      const result: RowResult = Object.assign({ row }, probed, ...parts);
      results.push(result);
      request.onRow(result);
    });
    previous.catch(() => undefined);
    // The first row is to be seen at once, not beside the second one's hunt.
    if (index === 0) await previous;
  }
  await previous;
  return { results, interrupted: request.signal.aborted };
}

type Probe = (row: StudyRow, request: StudyRequest, pool: HuntPool) => Promise<Partial<Probed>>;

const PROBES: Readonly<Record<Exclude<ProbeName, 'hunt'>, Probe>> = {
  counts: async (row, request, pool) => ({ counts: await countOver(pool, { ...countRequest(row, request), executions: request.counted }) }),
  'broken-host': countOnBrokenHost,
  rounds: async ({ variant, scenarios }) => ({ rounds: roundsOf(variant, scenarios ?? []) }),
};

async function huntRow(row: StudyRow, request: StudyRequest, pool: HuntPool, budgetMs?: number): Promise<Partial<Probed>> {
  const { strategies, memory, seed, executions, executionsMin, signal, onProgress } = request;
  const { variant, scenarios } = countRequest(row, request);
  const asked = { variant, scenarios, strategies, memory, seed, executions, executionsMin, budgetMs, signal, onProgress, jobs: pool.jobs };
  const { verdict, finding } = explained(await hunt({ ...asked, pool }));
  return { verdict: { ...verdict, finding: finding === null ? null : request.keep(finding) }, finding };
}

/** Only a host that marks vCPUs can lose what is asked by the mark. */
async function countOnBrokenHost(row: StudyRow, request: StudyRequest, pool: HuntPool): Promise<Partial<Probed>> {
  if (findVariant(row.variant)?.backend.host !== 'kvm') return {};
  const { variant, scenarios, ...rest } = countRequest(row, request);
  const often = scenarios.filter(({ preemptions = 0 }) => preemptions >= OFTEN_PREEMPTED);
  const chosen = (often.length > 0 ? often : scenarios).map((scenario) => ({ ...scenario, preemptions: BROKEN_HOST_PREEMPTIONS }));
  return {
    brokenHost: await countOver(pool, { ...rest, variant: variant + BROKEN_HOST, scenarios: chosen, executions: request.onBrokenHost }),
  };
}

function countRequest(row: StudyRow, { scenarios, strategies, memory, seed }: StudyRequest) {
  return { variant: row.variant, scenarios: row.scenarios ?? scenarios, strategies, memory, seed };
}
