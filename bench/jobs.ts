import { hunt } from '../src/explore/hunt.js';
import { openPool } from '../src/explore/pool.js';
import { strategies } from '../src/explore/strategies/index.js';
import { catalogue } from '../src/scenarios/catalogue/index.js';

/**
 * What a second worker is worth: the same hunt with one job and with two, in turn, as a ratio of wall times.
 *
 *     npx tsx bench/jobs.ts [RUNS]
 *
 * Both pools are warm. Needs two idle cores: what else runs is taken from the second worker. Exit code 1 below the bar.
 */
const BAR = 1.7;
const EXECUTIONS = 20_000;
const runs = Number(process.argv[2] ?? 5);

async function seconds(jobs: number, seed: number): Promise<number> {
  const pool = openPool(jobs);
  try {
    const request = {
      variant: '6.18',
      scenarios: catalogue,
      strategies: strategies.map(({ name }) => name),
      memory: 'tso' as const,
      jobs,
      pool,
    };
    await hunt({ ...request, seed: 0, executions: 2_000 });
    return (await hunt({ ...request, seed, executions: EXECUTIONS })).verdict.seconds;
  } finally {
    await pool.close();
  }
}

const ratios: number[] = [];
for (let run = 1; run <= runs; run++) {
  const one = await seconds(1, run);
  const two = await seconds(2, run);
  ratios.push(one / two);
  console.log(`${run}: one job ${one.toFixed(2)} s, two jobs ${two.toFixed(2)} s, ratio ${(one / two).toFixed(2)}`);
}
ratios.sort((a, b) => a - b);
const median = ratios[ratios.length >> 1];
console.log(`median ratio ${median.toFixed(2)}, bar ${BAR}: ${median >= BAR ? 'met' : 'MISSED'}`);
process.exitCode = median >= BAR ? 0 : 1;
