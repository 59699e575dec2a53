import { basename } from 'node:path';
import { findCompiler } from '../../src/csource/clang.js';
import { OPTIMISATIONS } from '../../src/csource/flags.js';
import { readTree, sha256 } from '../../src/csource/tree.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { Kept, type KeptLine } from '../kept.js';
import { cFilesOf, huntTree, metBy } from './hunt-tree.js';

/**
 * Kernels' own C text as it is: nothing but named open findings may be met.
 *
 *     npx tsx bench/csource/unmodified.ts [--seeds 10] [--executions 10000] [--jobs 1] [--c-opt 2]
 *         [--c-files tlb.c,smp.c] [--kept FILE] TREE...
 *
 * A hunt over the catalogue for each seed. With --kept each is written down when it is done, and a run that
 * was stopped goes on where it was. Exit code 1 where something else is found.
 */

interface Hunted extends KeptLine {
  readonly executions: number;
  readonly violation: string | null;
  readonly known: readonly string[];
}

const DEFAULTS = { seeds: 10, executions: 10_000, jobs: 1, 'c-opt': 0, 'c-files': '', kept: '' };
const given = argumentsOf(DEFAULTS, 'TREE...');
const kept = new Kept<Hunted>(given.kept);

const optimisation = OPTIMISATIONS.find((one) => one === given['c-opt']) ?? 0;
const cFiles = cFilesOf(given['c-files']);
const withSmp = cFiles.includes('smp.c');
const level = `${withSmp ? ' with smp.c' : ''}${optimisation === 0 ? '' : ` -O${optimisation}`}`;

await findCompiler();
for (const tree of given.positionals) {
  const { files, version } = readTree(tree, cFiles);
  const hash = sha256(JSON.stringify(files)).slice(0, 12);
  const lines: Hunted[] = [];
  for (let seed = 1; seed <= given.seeds; seed++) {
    const key = `${hash} ${given.executions} ${seed}${level}`;
    const line = await kept.of(key, async () => {
      const result = await huntTree(tree, { ...given, seed, optimisation, cFiles });
      return { key, executions: result.verdict.executions, ...metBy(result) };
    });
    lines.push(line);
    console.log(`${basename(tree)} seed ${seed}: ${line.violation ?? 'nothing'} in ${line.executions}`);
  }
  const executions = lines.reduce((sum, one) => sum + one.executions, 0);
  const violations = lines.flatMap(({ violation }) => violation ?? []);
  const known = [...new Set(lines.flatMap((one) => one.known))];
  if (violations.length > 0) process.exitCode = 1;
  const met = known.length === 0 ? 'nothing' : `nothing but ${known.join(', ')}`;
  const result =
    `${violations.length === 0 ? met : `${violations.join(', ')} and ${met}`} in ` +
    `${executions.toLocaleString('en')} executions, ${given.seeds} seeds`;
  const asked =
    `--executions ${given.executions}${optimisation === 0 ? '' : ` --c-opt ${optimisation}`}` +
    (withSmp ? ` --c-files ${cFiles.join()}` : '');
  const command = `npx tsx bench/csource/unmodified.ts ${asked} TREE`;
  console.log(`${version}${level}: ${result}`);
  const what = `C text of ${version}${level}, unmodified (bar 100,000)`;
  if (given.isRecorded) record({ what, result, command });
}
