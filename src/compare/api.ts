import { type HuntPool, openPool } from '../explore/pool.js';
import { strategies as allStrategies } from '../explore/strategies/index.js';
import { catalogue } from '../scenarios/catalogue/index.js';
import type { Finding, MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { VERSION } from '../vocabulary/version.js';
import { type CompareDocument, compareDocument } from './document.js';
import { compareVariants } from './run.js';

/** How two variants are compared; everything may be left out. */
export interface CompareOptions {
  /** Default: the whole catalogue. */
  readonly scenarios?: readonly Scenario[];
  /** Names of strategies, alternating in each scenario. Default: all. */
  readonly strategies?: readonly string[];
  /** Executions of each hunt. Default: as many as the time allows. */
  readonly executions?: number;
  /** Pairs of executions to count. Default: `executions`, or as many as the time allows. */
  readonly count?: number;
  /**
   * Wall time in milliseconds, a third for each hunt and one for the counts. Default: none where `executions`
   * is given, else 60,000.
   */
  readonly budgetMs?: number;
  /** Seed of every random choice. Default 1. */
  readonly seed?: number;
  /** Default `tso`. */
  readonly memory?: MemoryModel;
  /** Worker threads, and the modules that they know. Default: two, opened and closed here. */
  readonly pool?: HuntPool;
  /** Aborting ends it early; what is known by then is answered with `interrupted: true`. */
  readonly signal?: AbortSignal;
}

/** The document that `compare --json` prints, and the witnesses of the base and of the patch. */
export interface CompareResult extends CompareDocument {
  readonly findings: readonly Finding[];
}

const JOBS_DEFAULT = 2;
const BUDGET_MS_DEFAULT = 60_000;

/**
 * Compares two variants by name: is the patch safe, and what does it save? Answers what `compare --json`
 * prints: both verdicts, `isNew` where the patch has a violation that the base has not, and `counters` per
 * 1,000 client operations, each difference with its interval. The same request has the same answer, but for
 * times, wherever no time limit ends it.
 *
 *     const { isNew, counters } = await compare('kvm/v0', 'kvm/v7', { executions: 2_000 });
 *
 * Throws InputError for a name that is no variant's.
 */
export async function compare(
  base: string,
  patch: string,
  options: CompareOptions = {},
): Promise<CompareResult> {
  const { scenarios = catalogue, executions, count, seed = 1, memory = 'tso', signal } = options;
  const strategies = options.strategies ?? allStrategies.map(({ name }) => name);
  const budgetMs = options.budgetMs ?? (executions === undefined ? BUDGET_MS_DEFAULT : undefined);
  const pool = options.pool ?? openPool(JOBS_DEFAULT);
  try {
    const comparison = await compareVariants(
      { base, patch, scenarios, strategies, memory, seed, executions, count, budgetMs, signal },
      pool,
    );
    const findings = comparison.outcomes.flatMap(({ finding }) => finding ?? []);
    return { ...compareDocument(VERSION, comparison, []), findings };
  } finally {
    if (options.pool === undefined) await pool.close();
  }
}
