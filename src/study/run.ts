import type { HuntProgress } from '../explore/api.js';
import { hunt } from '../explore/hunt.js';
import type { HuntPool } from '../explore/pool.js';
import { explained } from '../findings/explained.js';
import type { Finding, MemoryModel } from '../findings/finding.js';
import type { Scenario } from '../scenarios/scenario.js';
import { findVariant } from '../variants.js';
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

/** Runs a study's rows one after the other; each uses the whole pool. */
export async function runStudy(request: StudyRequest, pool: HuntPool): Promise<StudyOutcome> {
  const began = performance.now();
  const results: RowResult[] = [];
  for (const [index, row] of request.rows.entries()) {
    if (request.signal.aborted) break;
    let probed = UNKNOWN;
    if (row.senseless === undefined) {
      const left = request.rows.slice(index).filter(({ senseless }) => senseless === undefined).length;
      const budgetMs = request.budgetMs === undefined ? undefined : (request.budgetMs - (performance.now() - began)) / left;
      for (const probe of request.study.probes) {
        if (request.signal.aborted) break;
        probed = { ...probed, ...(await PROBES[probe](row, request, pool, budgetMs)) };
      }
    }
    const result = { row, ...probed };
    results.push(result);
    request.onRow(result);
  }
  return { results, interrupted: request.signal.aborted };
}

type Probe = (row: StudyRow, request: StudyRequest, pool: HuntPool, budgetMs?: number) => Promise<Partial<Probed>>;

const PROBES: Readonly<Record<ProbeName, Probe>> = {
  hunt: huntRow,
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
