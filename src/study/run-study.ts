import type { HuntProgress } from '../explore/api.js';
import { hunt } from '../explore/hunt.js';
import type { HuntPool } from '../explore/pool.js';
import { knownOf } from '../known/of-variant.js';
import { knownWitnesses } from '../known/witnesses.js';
import { explained } from '../replay/explained.js';
import { findVariant } from '../variants/index.js';
import type { Finding, MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { countOver } from './count-over.js';
import { countPairs, totalsOf } from './paired-counts.js';
import { roundsOf } from './rounds.js';
import { proveRows } from './row-proofs.js';
import type { ShippedProofs } from './shipped/shipped-proofs.js';
import {
  comparisonsOf,
  type ProbeName,
  type ProofPlan,
  type RowResult,
  type Study,
  type StudyRow,
} from './study.js';

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
  /** What the package says of rows; absent: nothing. */
  readonly shipped?: ShippedProofs;
  /** How rows are proved that it says nothing of, once all are sampled; absent: they are not. */
  readonly proof?: ProofPlan;
  /** Pairs of executions that a row's counts come from; undefined: as many as the time allows. */
  readonly counted?: number;
  /** Of a row with a witness, at most so many. */
  readonly countedUnsafe?: number;
  /** By group, where it is another number. */
  readonly countedIn?: Readonly<Record<string, number>>;
  /** Executions per scenario on the broken host. */
  readonly onBrokenHost: number;
  /**
   * Wall time in milliseconds for all rows. It ends hunts early, and counting after a whole round. Where rows
   * are to be proved and hunts take what time there is, a quarter of it is for that.
   */
  readonly budgetMs?: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: HuntProgress) => void;
  /** Keeps a finding; answers its path, or null where it could not be kept. */
  readonly keep: (finding: Finding) => string | null;
  /** Called with each row as soon as it is known, in the order of `rows`. */
  readonly onRow: (result: RowResult) => void;
  /** Called after all rows with each of which more is known by then: what was proved of it. */
  readonly onProof?: (result: RowResult) => void;
}

export interface StudyOutcome {
  readonly results: readonly RowResult[];
  readonly interrupted: boolean;
}

/** Of the host's features, the one without which it loses flush requests (B27). */
const BROKEN_HOST = '~hostAtomicClear';
/**
 * A scenario in which vCPUs are preempted at least so often is where it does, and the more often the sooner.
 */
const OFTEN_PREEMPTED = 8;
const BROKEN_HOST_PREEMPTIONS = 24;

type Probed = Omit<RowResult, 'row'>;
const UNKNOWN: Probed = {
  verdict: null,
  finding: null,
  replay: null,
  known: null,
  counts: null,
  pairs: null,
  comparisons: 1,
  brokenHost: null,
  rounds: null,
  proof: null,
};
/** Pairs of a baseline's own counts where only time limits those of the others. */
const BASELINE_COUNTED = 2_000;
/** Of all the time, how much is for proofs where hunts take the rest. */
const PROVING_SHARE = 0.25;
const GENEROSITY = 1.5;
const WARM_UP_MS = 1_800;
/** Of a row's share of the time, how much is for its counts where only time limits them. */
const COUNTING_SHARE = 0.5;

/**
 * Runs a study's rows in order. While a row is hunted, the one before it is counted, so that no worker waits
 * for the end of a row.
 */
export async function runStudy(request: StudyRequest, pool: HuntPool): Promise<StudyOutcome> {
  const began = performance.now();
  const { rows, shipped, proof, budgetMs } = request;
  const isOpen = (row: StudyRow): boolean =>
    proof !== undefined &&
    proof.scenarios.length > 0 &&
    row.senseless === undefined &&
    (shipped?.of(row) ?? null) === null;
  const takesAll = request.executions === undefined && rows.some(isOpen);
  const samplingMs = budgetMs !== undefined && takesAll ? budgetMs * (1 - PROVING_SHARE) : budgetMs;
  const outcome = await runRows({ ...request, budgetMs: samplingMs }, pool);
  const open = outcome.results.filter(({ row }) => isOpen(row));
  if (proof === undefined || open.length === 0 || outcome.interrupted) return outcome;
  const results = [...outcome.results];
  const untilMs = takesAll ? budgetMs : proof.untilMs;
  await proveRows(
    {
      ...{ plan: proof, memory: request.memory, signal: request.signal, jobs: pool.jobs },
      // Of what has a witness already, a proof says least.
      rows: [...open.filter(isOpenQuestion), ...open.filter((row) => !isOpenQuestion(row))].map(
        ({ row }) => row,
      ),
      budgetMs:
        budgetMs === undefined ? undefined : Math.max(0, (untilMs ?? 0) - (performance.now() - began)),
      onProof: (proved) => {
        const at = results.findIndex(({ row }) => row === proved.row);
        results[at] = { ...results[at], proof: proved };
        request.onProof?.(results[at]);
      },
    },
    pool.modules,
  );
  return { results, interrupted: request.signal.aborted };
}

/** Neither this run nor the package has a witness. */
const isOpenQuestion = ({ verdict, known }: RowResult): boolean =>
  known === null && verdict?.violation == null;

/**
 * A row's time. Where it ends with a number of executions, rows with a witness need little and leave it to
 * the others, which may take more than an equal share; and what workers need to become fast belongs to no
 * row, least of all to the first.
 */
function shareOf(leftMs: number, rows: number, index: number, executions: number | undefined): number {
  if (executions === undefined) return leftMs / rows;
  return Math.min(leftMs, Math.max((leftMs / rows) * GENEROSITY, index === 0 ? WARM_UP_MS : 0));
}

async function runRows(request: StudyRequest, pool: HuntPool): Promise<StudyOutcome> {
  const began = performance.now();
  const results: RowResult[] = [];
  const { probes } = request.study;
  const comparisons = comparisonsOf(request.study, request.rows);
  let previous: Promise<void> = Promise.resolve();
  for (const [index, row] of request.rows.entries()) {
    if (request.signal.aborted) break;
    let probed: Probed = { ...UNKNOWN, comparisons, proof: request.shipped?.of(row) ?? null };
    let others: Promise<readonly Partial<Probed>[]> = Promise.resolve([]);
    if (row.senseless === undefined) {
      const left = request.rows.slice(index).filter(({ senseless }) => senseless === undefined).length;
      const leftMs =
        request.budgetMs === undefined
          ? undefined
          : Math.max(0, request.budgetMs - (performance.now() - began));
      const shareMs = leftMs === undefined ? undefined : shareOf(leftMs, left, index, request.executions);
      const isCounted = probes.includes('counts');
      const countsByTime = isCounted && request.counted === undefined;
      const huntMs = shareMs === undefined || !isCounted ? shareMs : shareMs * (1 - COUNTING_SHARE);
      if (probes.includes('hunt')) probed = { ...probed, ...(await huntRow(row, request, pool, huntMs)) };
      // Where the number of pairs is set, time only sees to it that the last rows come to their end.
      const countMs =
        shareMs === undefined || leftMs === undefined
          ? undefined
          : countsByTime
            ? shareMs * COUNTING_SHARE
            : leftMs;
      if (!request.signal.aborted) {
        others = Promise.all([
          ...probes.flatMap((probe) =>
            probe === 'hunt' ? [] : [PROBES[probe]({ row, request, pool, probed, countMs })],
          ),
        ]);
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

interface Asked {
  readonly row: StudyRow;
  readonly request: StudyRequest;
  readonly pool: HuntPool;
  /** What the hunt has shown. */
  readonly probed: Probed;
  readonly countMs?: number;
}

type Probe = (asked: Asked) => Promise<Partial<Probed>>;

const PROBES: Readonly<Record<Exclude<ProbeName, 'hunt'>, Probe>> = {
  counts: countRow,
  'broken-host': countOnBrokenHost,
  rounds: async ({ row: { variant, scenarios }, pool }) => ({
    rounds: roundsOf(variant, scenarios ?? [], pool.modules.variants),
  }),
};

/** A baseline is counted alone; every other row in pairs with its baseline. */
async function countRow({ row, request, pool, probed, countMs }: Asked): Promise<Partial<Probed>> {
  const asked = countRequest(row, request);
  const { countedUnsafe, signal } = request;
  const counted = request.countedIn?.[row.group] ?? request.counted;
  if (row.baseline === null) {
    const executions = Math.ceil((counted ?? BASELINE_COUNTED) / asked.scenarios.length);
    return { counts: await countOver(pool, { ...asked, executions }) };
  }
  const isUnsafe = probed.verdict?.violation != null;
  const count =
    isUnsafe && countedUnsafe !== undefined ? Math.min(countedUnsafe, counted ?? countedUnsafe) : counted;
  const pairs = await countPairs(pool, {
    ...asked,
    base: row.baseline,
    patch: row.variant,
    count,
    budgetMs: countMs,
    signal,
  });
  return { pairs, counts: totalsOf(pairs, 'patch') };
}

async function huntRow(
  row: StudyRow,
  request: StudyRequest,
  pool: HuntPool,
  budgetMs?: number,
): Promise<Partial<Probed>> {
  const { strategies, memory, seed, executions, executionsMin, signal, onProgress } = request;
  const { variant, scenarios } = countRequest(row, request);
  const asked = {
    variant,
    scenarios,
    strategies,
    memory,
    seed,
    executions,
    executionsMin,
    budgetMs,
    signal,
    onProgress,
    jobs: pool.jobs,
  };
  // What is known of the kernel beneath a row is not what the row is asked about.
  const known = knownOf(variant, scenarios, pool.modules.variants);
  const { verdict, finding, replay } = explained(await hunt({ ...asked, known, pool }), pool.modules);
  // They were found under TSO; another model has others.
  const [witness] = memory === 'tso' ? knownWitnesses(variant) : [];
  const kept = finding === null ? null : request.keep(finding);
  return { verdict: { ...verdict, finding: kept }, finding, replay, known: witness?.class ?? null };
}

/** Only a host that marks vCPUs can lose what is asked by the mark. */
async function countOnBrokenHost({ row, request, pool }: Asked): Promise<Partial<Probed>> {
  if (findVariant(row.variant, pool.modules.variants)?.backend.has.preemptedByte !== true) return {};
  const { variant, scenarios, ...rest } = countRequest(row, request);
  const often = scenarios.filter(({ preemptions = 0 }) => preemptions >= OFTEN_PREEMPTED);
  const chosen = (often.length > 0 ? often : scenarios).map((scenario) => ({
    ...scenario,
    preemptions: BROKEN_HOST_PREEMPTIONS,
  }));
  return {
    brokenHost: await countOver(pool, {
      ...rest,
      variant: variant + BROKEN_HOST,
      scenarios: chosen,
      executions: request.onBrokenHost,
    }),
  };
}

function countRequest(row: StudyRow, { scenarios, strategies, memory, seed }: StudyRequest) {
  return { variant: row.variant, scenarios: row.scenarios ?? scenarios, strategies, memory, seed };
}
