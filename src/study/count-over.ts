import type { BatchRequest, BatchResult } from '../explore/batch.js';
import type { HuntPool } from '../explore/pool.js';
import { COUNTERS } from '../oracles/counters.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
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
 * Counters over the first executions of each scenario. They do not stop at a violation, so that rules which
 * fail are counted over as many as those that do not; an execution itself ends where it goes wrong.
 */
export async function countOver(pool: HuntPool, request: CountRequest): Promise<Counts> {
  const { variant, scenarios, strategies, memory, seed, executions } = request;
  const results = await Promise.all(
    scenarios.flatMap((scenario) => {
      const batch = { variant, scenario, strategies, memory, seed, pastViolations: true };
      return pieces(executions).map(async (piece): Promise<BatchResult> => {
        const asked: BatchRequest = { ...batch, ...piece };
        return pool.run({ ...asked, length: await pool.length(asked) });
      });
    }),
  );
  const totals = COUNTERS.map(
    (name, i) => [name, results.reduce((sum, { counters }) => sum + counters[i], 0)] as const,
  );
  return Object.fromEntries(totals) as Counts;
}

/** Executions that are worth a batch of their own. */
const PIECE = 150;

/**
 * Executions 0 to `executions` - 1 in batches, so that one scenario does not keep one worker busy and the
 * others idle.
 */
function pieces(executions: number): { readonly first: number; readonly count: number }[] {
  const count = Math.ceil(executions / PIECE);
  return Array.from({ length: count }, (_, i) => ({
    first: i * PIECE,
    count: Math.min(PIECE, executions - i * PIECE),
  }));
}
