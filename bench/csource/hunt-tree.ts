import { createEngine } from '../../src/cli/engine.js';
import type { HuntResult } from '../../src/cli/engine-api.js';
import type { Optimisation } from '../../src/csource/flags.js';
import { strategies } from '../../src/explore/strategies/index.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';

export interface TreeHunt {
  readonly seed: number;
  readonly executions: number;
  readonly jobs: number;
  /** Default: none. */
  readonly optimisation?: Optimisation;
  readonly config?: readonly string[];
}

/** A plain hunt of a tree's C text over the whole catalogue, past what is known of its profile. */
export async function huntTree(
  tree: string,
  { seed, executions, jobs, optimisation, config = [] }: TreeHunt,
): Promise<HuntResult> {
  const engine = createEngine();
  const source = await engine.prepareSource(tree, { config, optimisation });
  const { variants } = await engine.loadModules([], false, undefined, [source]);
  const pool = await engine.openPool(jobs);
  const asked = {
    scenarios: catalogue,
    strategies: strategies.map(({ name }) => name),
    memory: 'tso',
  } as const;
  try {
    return await engine.hunt(
      { ...asked, variant: variants[0], seed, executions, jobs, pastOpenFindings: true },
      pool,
    );
  } finally {
    await pool.close();
  }
}

/** What a hunt has met, in a few words. */
export function metBy({ verdict }: HuntResult): {
  readonly violation: string | null;
  readonly known: string[];
} {
  const known = (verdict.met ?? []).flatMap(({ finding }) => finding ?? []);
  return { violation: verdict.violation, known: [...new Set(known)] };
}
