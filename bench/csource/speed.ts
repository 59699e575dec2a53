import { basename } from 'node:path';
import { createEngine } from '../../src/cli/engine.js';
import { findCompiler } from '../../src/csource/clang.js';
import { strategies } from '../../src/explore/strategies/index.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { argumentsOf } from '../arguments.js';
import { alternate, record } from '../harness.js';
import { median } from '../statistics.js';

/**
 * Steps a second of a kernel's own C text beside those of the lab's transcription of it: hunts over the whole
 * catalogue in turn, on one worker, after one of each that is not counted.
 *
 *     npx tsx bench/csource/speed.ts [--rounds 5] [--executions 20000] [--record] TREE...
 *
 * Seconds are of processor time, of this process and its worker. What else the computer does makes both
 * slower, and not alike: run it alone. Exit code 1 where the median of the rounds' ratios is under the bar.
 */

const BAR = 0.6;

const PLAN = {
  scenarios: catalogue,
  strategies: strategies.map(({ name }) => name),
  memory: 'tso',
  jobs: 1,
  pastOpenFindings: true,
} as const;

const given = argumentsOf({ rounds: 5, executions: 20_000 }, 'TREE...');

/** A hunt's steps a second, and its steps an execution. */
interface Measured {
  readonly stepsPerSecond: number;
  readonly stepsPerExecution: number;
}

const SIDES = ['lab', 'c'] as const;

async function measured(tree: string): Promise<string> {
  const engine = createEngine();
  const { variant, ref, ...source } = await engine.prepareSource(tree, { config: [] });
  await engine.loadModules([], false, undefined, [{ variant, ref, ...source }]);
  const variants = { lab: ref.base, c: variant };
  const pool = await engine.openPool(1);
  const hunted = async (side: (typeof SIDES)[number], seed: number): Promise<Measured> => {
    const before = process.cpuUsage();
    const { verdict } = await engine.hunt(
      { ...PLAN, variant: variants[side], seed, executions: given.executions },
      pool,
    );
    const { user, system } = process.cpuUsage(before);
    return {
      stepsPerSecond: verdict.steps / ((user + system) / 1e6),
      stepsPerExecution: verdict.steps / verdict.executions,
    };
  };
  const seen = { lab: [] as Measured[], c: [] as Measured[] };
  const side = (name: (typeof SIDES)[number]) => async (round: number) => {
    const made = await hunted(name, round + 1);
    // Compilers and caches are warm after the first.
    if (round > 0) seen[name].push(made);
    return made.stepsPerSecond;
  };
  try {
    await alternate(given.rounds + 1, { lab: side('lab'), c: side('c') });
  } finally {
    await pool.close();
  }
  const ratios = (what: keyof Measured): number[] => seen.c.map((c, i) => c[what] / seen.lab[i][what]);
  const speeds = ratios('stepsPerSecond');
  const [ratio, more] = [median(speeds), median(ratios('stepsPerExecution'))];
  if (ratio < BAR) process.exitCode = 1;
  const [c, lab] = [seen.c, seen.lab].map((all) =>
    (median(all.map(({ stepsPerSecond }) => stepsPerSecond)) / 1e6).toFixed(2),
  );
  return (
    `${ratio.toFixed(2)} (${Math.min(...speeds).toFixed(2)} to ${Math.max(...speeds).toFixed(2)}): ` +
    `${c} M and ${lab} M steps/s; ${more.toFixed(2)} of its steps an execution`
  );
}

await findCompiler();
for (const tree of given.positionals) {
  const result = await measured(tree);
  console.log(`${basename(tree)}: ${result}`);
  const command = `npx tsx bench/csource/speed.ts --executions ${given.executions} TREE`;
  const what = `C text of ${basename(tree)} against its transcription, steps a second (bar ${BAR})`;
  if (given.isRecorded) record({ what, result, command });
}
