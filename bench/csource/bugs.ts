import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findCompiler } from '../../src/csource/clang.js';
import { readTree, sha256 } from '../../src/csource/tree.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { Kept, type KeptLine } from '../kept.js';
import { median, quantile } from '../statistics.js';
import { huntTree } from './hunt-tree.js';
import { concerns, PATCHES, type Patch, patchedTree } from './patches.js';

/**
 * Kernels' own C text with known bugs patched in, by a plain hunt over the catalogue; unpatched:
 * unmodified.ts.
 *
 *     npx tsx bench/csource/bugs.ts [--seeds 20] [--jobs 2] [--only b3,b8] [--kept FILE] [--record]
 *         TREE...
 *
 * Trees are what Debian's linux-source packages unpack to, or clones. Processor time is that of this process
 * and its workers. With --kept each hunt is written down when it is done, and a run that was stopped goes on
 * where it was. Exit code 1 where a bug is missed or a patch does not apply.
 */

/** A hunt that has not found it by then has missed it. */
const EXECUTIONS_MAX = 100_000;

interface Found extends KeptLine {
  /** Of processor time; null where it was missed. */
  readonly seconds: number | null;
  readonly cause: string | null;
  /** Places in C of the steps that the outcome is told by. */
  readonly places: readonly string[];
}

const given = argumentsOf({ seeds: 20, jobs: 2, only: '', kept: '' }, 'TREE...');
const kept = new Kept<Found>(given.kept);
const folder = mkdtempSync(join(tmpdir(), 'c-bugs-'));
let failed = false;

async function hunted(key: string, tree: string, seed: number, { cFiles }: Patch): Promise<Found> {
  const before = process.cpuUsage();
  const asked = { seed, executions: EXECUTIONS_MAX, jobs: given.jobs, cFiles };
  const { verdict, replay } = await huntTree(tree, asked);
  const { user, system } = process.cpuUsage(before);
  if (verdict.violation === null || replay === null) return { key, seconds: null, cause: null, places: [] };
  const decided = replay.trace.filter(({ deciding }) => deciding !== null);
  const places = decided.flatMap(({ site, functions }) =>
    site === null ? [] : [`${functions.at(-1)} ${site.file}:${site.line}`],
  );
  return { key, seconds: (user + system) / 1e6, cause: replay.cause, places: [...new Set(places)] };
}

async function bugs(tree: string): Promise<string[]> {
  const rows: string[] = [];
  const { version } = readTree(tree);
  const wanted = given.only.split(',').filter((name) => name !== '');
  const patches = PATCHES.filter((one) => concerns(one, version));
  for (const patch of patches.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const copy = join(folder, `${basename(tree)}-${patch.name}`);
    if (!patchedTree(tree, copy, patch)) {
      failed = true;
      rows.push(`${patch.name} does not apply`);
      continue;
    }
    const { files } = readTree(tree, patch.cFiles);
    const hash = sha256(JSON.stringify(files)).slice(0, 12);
    const found: Found[] = [];
    for (let seed = 1; seed <= given.seeds; seed++) {
      const key = `${hash} ${patch.name} ${seed}`;
      found.push(await kept.of(key, () => hunted(key, copy, seed, patch)));
    }
    const seconds = found.flatMap((one) => one.seconds ?? []);
    failed ||= seconds.length < given.seeds;
    const times = `median ${median(seconds).toFixed(1)} worst ${quantile(seconds, 1).toFixed(1)}`;
    rows.push(`${patch.name} ${seconds.length} of ${given.seeds} (${times})`);
    console.log(`  ${rows.at(-1)}`);
    for (const cause of new Set(found.map((one) => one.cause)))
      console.log(`    ${found.filter((one) => one.cause === cause).length} ${cause}`);
    console.log(`    of the first: ${found[0].places.join(', ')}`);
  }
  return rows;
}

await findCompiler();
try {
  for (const tree of given.positionals) {
    console.log(tree);
    const found = await bugs(tree);
    const command = `npx tsx bench/csource/bugs.ts --seeds ${given.seeds} TREE`;
    const result = `seconds of processor time: ${found.join(', ')}`;
    if (given.isRecorded) record({ what: `C text of ${basename(tree)} by plain hunt`, result, command });
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failed ? 1 : 0;
