import type { BatchRequest } from '../explore/batch.js';
import type { HuntPool } from '../explore/pool.js';
import type { MemoryModel } from '../findings/finding.js';
import { COUNTERS } from '../oracles/counters.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Counts } from './study.js';

export interface CountRequest {
  readonly variant: string;
  readonly scenarios: readonly Scenario[];
  readonly strategies: readonly string[];
  readonly memory: MemoryModel;
  readonly seed: number;
  /** Executions of each scenario. */
  readonly executions: number;
}

/**
 * Counters over the first executions of each scenario. They do not stop at a violation, so that rules which fail are counted over as many as those
 * that do not; an execution itself ends where it goes wrong.
 */
export async function countOver(pool: HuntPool, request: CountRequest): Promise<Counts> {
  const { variant, scenarios, strategies, memory, seed, executions } = request;
  const results = await Promise.all(
    scenarios.map(async (scenario) => {
      const batch: BatchRequest = { variant, scenario, strategies, memory, seed, first: 0, count: executions, pastViolations: true };
      return pool.run({ ...batch, length: await pool.length(batch) });
    }),
  );
  const totals = COUNTERS.map((name, i) => [name, results.reduce((sum, { counters }) => sum + counters[i], 0)] as const);
  return Object.fromEntries(totals) as Counts;
}
