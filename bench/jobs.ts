import { hunt } from '../src/explore/hunt.js';
import { openPool } from '../src/explore/pool.js';
import { strategies } from '../src/explore/strategies/index.js';
import { catalogue } from '../src/scenarios/catalogue/index.js';
import { argumentsOf } from './arguments.js';
import { alternate, record } from './harness.js';
import { median, ratiosOf } from './statistics.js';

/**
 * What a second worker is worth: the same hunt with one job and with two, in turn, as a ratio of wall times.
 *
 *     npx tsx bench/jobs.ts [--runs 5] [--record]
 *
 * Both pools are warm. Needs two idle cores: what else runs is taken from the second worker. Exit code 1
 * below the bar.
 */
const BAR = 1.7;
const EXECUTIONS = 20_000;
const { runs, isRecorded } = argumentsOf({ runs: 5 });

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

const { one, two } = await alternate(runs, {
  one: (run) => seconds(1, run + 1),
  two: (run) => seconds(2, run + 1),
});
const ratio = median(ratiosOf(one, two));
const result =
  `one job ${median(one).toFixed(2)} s, two ${median(two).toFixed(2)} s; ratio ` +
  `${ratio.toFixed(2)}, median of ${runs} pairs`;
console.log(`${result}, bar ${BAR}: ${ratio >= BAR ? 'met' : 'MISSED'}`);
if (isRecorded) record({ what: 'a second worker', result, command: `npx tsx bench/jobs.ts --runs ${runs}` });
process.exitCode = ratio >= BAR ? 0 : 1;
