import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createEngine } from '../../src/cli/engine.js';
import type { HuntResult } from '../../src/cli/engine-api.js';
import { findCompiler } from '../../src/csource/clang.js';
import { readTree } from '../../src/csource/tree.js';
import { strategies } from '../../src/explore/strategies/index.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { median, quantile } from '../statistics.js';
import { concerns, PATCHES, patchedTree } from './patches.js';

/**
 * Kernels' own C text, as it is and with known bugs patched in, by a plain hunt over the catalogue.
 *
 *     npx tsx bench/csource/bugs.ts [--seeds 20] [--executions 100000] [--jobs 2] [--record] TREE...
 *
 * Trees are what Debian's linux-source packages unpack to, or clones. Executions are of the unpatched text,
 * in which nothing but named open findings may be met. Processor time is that of this process and its
 * workers. Exit code 1 where a bug is missed, a patch does not apply or something is found in the unpatched
 * text.
 */

/** A hunt that has not found it by then has missed it. */
const EXECUTIONS_MAX = 30_000;

const given = argumentsOf({ seeds: 20, executions: 100_000, jobs: 2 }, 'TREE...');
const folder = mkdtempSync(join(tmpdir(), 'c-bugs-'));
let failed = false;

async function huntTree(tree: string, seed: number, executions: number): Promise<HuntResult> {
  const engine = createEngine();
  const source = await engine.prepareSource(tree, { config: [] });
  const { variants } = await engine.loadModules([], false, undefined, [source]);
  const pool = await engine.openPool(given.jobs);
  const asked = {
    scenarios: catalogue,
    strategies: strategies.map(({ name }) => name),
    memory: 'tso',
  } as const;
  const rest = { variant: variants[0], seed, executions, jobs: given.jobs, pastOpenFindings: true } as const;
  try {
    return await engine.hunt({ ...asked, ...rest }, pool);
  } finally {
    await pool.close();
  }
}

async function bugs(tree: string): Promise<string[]> {
  const rows: string[] = [];
  const { version } = readTree(tree);
  for (const patch of PATCHES.filter((one) => concerns(one, version))) {
    const copy = join(folder, `${basename(tree)}-${patch.name}`);
    if (!patchedTree(tree, copy, patch)) {
      failed = true;
      rows.push(`${patch.name} does not apply`);
      continue;
    }
    const seconds: number[] = [];
    const causes = new Set<string>();
    for (let seed = 1; seed <= given.seeds; seed++) {
      const before = process.cpuUsage();
      const { verdict, replay } = await huntTree(copy, seed, EXECUTIONS_MAX);
      const { user, system } = process.cpuUsage(before);
      if (verdict.violation === null) continue;
      seconds.push((user + system) / 1e6);
      causes.add(replay?.cause ?? 'no cause');
    }
    failed ||= seconds.length < given.seeds;
    const times = `median ${median(seconds).toFixed(1)} worst ${quantile(seconds, 1).toFixed(1)}`;
    rows.push(`${patch.name} ${seconds.length} of ${given.seeds} (${times})`);
    console.log(`  ${rows.at(-1)}: ${[...causes].join('; ')}`);
  }
  return rows;
}

async function clean(tree: string): Promise<string> {
  const copy = join(folder, `${basename(tree)}-as-it-is`);
  patchedTree(tree, copy, null);
  const { verdict } = await huntTree(copy, 1, given.executions);
  const known = [...new Set((verdict.met ?? []).flatMap(({ finding }) => finding ?? []))];
  failed ||= verdict.violation !== null;
  const found = verdict.violation ?? (known.length === 0 ? 'nothing' : `nothing but ${known.join(', ')}`);
  return `${found} in ${verdict.executions.toLocaleString('en')} executions`;
}

await findCompiler();
try {
  for (const tree of given.positionals) {
    console.log(tree);
    const unpatched = await clean(tree);
    console.log(`  as it is: ${unpatched}`);
    const found = await bugs(tree);
    const command = `npx tsx bench/csource/bugs.ts --seeds ${given.seeds} --executions ${given.executions} TREE`;
    const result = `as it is ${unpatched}; patched, seconds of processor time: ${found.join(', ')}`;
    if (given.isRecorded) record({ what: `C text of ${basename(tree)} by plain hunt`, result, command });
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failed ? 1 : 0;
