import { createEngine } from '../../src/cli/engine.js';
import type { HuntResult } from '../../src/cli/engine-api.js';
import type { Optimisation } from '../../src/csource/flags.js';
import { C_FILES, C_FILES_DEFAULT, type CFile } from '../../src/csource/tree.js';
import { strategies } from '../../src/explore/strategies/index.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';

export interface TreeHunt {
  readonly seed: number;
  readonly executions: number;
  readonly jobs: number;
  /** Default: none. */
  readonly optimisation?: Optimisation;
  readonly config?: readonly string[];
  /** Default: tlb.c. */
  readonly cFiles?: readonly CFile[];
}

/** As `--c-files` has them: `tlb.c,smp.c`; nothing: tlb.c. */
export function cFilesOf(text: string): readonly CFile[] {
  const given = text.split(',');
  return text === '' ? C_FILES_DEFAULT : C_FILES.filter((file) => given.includes(file));
}

/** A plain hunt of a tree's C text over the whole catalogue, past what is known of its profile. */
export async function huntTree(
  tree: string,
  { seed, executions, jobs, optimisation, config = [], cFiles }: TreeHunt,
): Promise<HuntResult> {
  const engine = createEngine();
  const source = await engine.prepareSource(tree, { config, optimisation, cFiles });
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
