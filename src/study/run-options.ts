import { type HuntPool, openPool } from '../explore/pool.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';

/** What `study` and `compare` may both be told; everything may be left out. */
export interface RunOptions {
  /** Default: the study's own; for `compare` the whole catalogue. */
  readonly scenarios?: readonly Scenario[];
  /** Executions of each hunt. Default: as planned, or as many as the time allows. */
  readonly executions?: number;
  /** Pairs of executions that each difference is counted over. Default: `executions`, or as planned. */
  readonly count?: number;
  /** Seed of every random choice. Default 1. */
  readonly seed?: number;
  /** Default `tso`. */
  readonly memory?: MemoryModel;
  /** Worker threads, and the modules that they know. Default: two, opened and closed by the call. */
  readonly pool?: HuntPool;
  /** Aborting ends it early; what is known by then is answered with `interrupted: true`. */
  readonly signal?: AbortSignal;
}

const JOBS_DEFAULT = 2;

/** Runs on the caller's pool, or on one of its own that is closed in the end. */
export async function onPool<Result>(
  given: HuntPool | undefined,
  run: (pool: HuntPool) => Promise<Result>,
): Promise<Result> {
  if (given !== undefined) return run(given);
  const pool = openPool(JOBS_DEFAULT);
  try {
    return await run(pool);
  } finally {
    await pool.close();
  }
}
