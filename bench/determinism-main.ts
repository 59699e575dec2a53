import { createHash } from 'node:crypto';
import { hunt } from '../src/explore/hunt.js';
import { openPool } from '../src/explore/pool.js';
import { strategies } from '../src/explore/strategies/index.js';
import { catalogue } from '../src/scenarios/catalogue/index.js';

/**
 * The hunts that bench/determinism.ts compares: one line each, of everything but times. The argument is the
 * number of jobs.
 */

const HUNTS = [
  { variant: '6.18', memory: 'tso', executions: 4000 },
  { variant: '6.12', memory: 'tso', executions: 4000 },
  { variant: '6.17.5', memory: 'sc', executions: 2000 },
  { variant: 'b1', memory: 'tso', executions: 20_000 },
  { variant: 'b2', memory: 'tso', executions: 20_000 },
  { variant: 'b4', memory: 'tso', executions: 20_000 },
  { variant: 'b8', memory: 'tso', executions: 8000 },
] as const;

const jobs = Number(process.argv[2]);
const pool = openPool(jobs);
try {
  for (const { variant, memory, executions } of HUNTS) {
    for (const seed of [1, 20251123]) {
      const names = strategies.map(({ name }) => name);
      const outcome = await hunt({
        variant,
        memory,
        executions,
        seed,
        scenarios: catalogue,
        strategies: names,
        jobs,
        pool,
      });
      const { seconds: _, ...verdict } = outcome.verdict;
      const all = createHash('sha256')
        .update(JSON.stringify([verdict, outcome.finding]))
        .digest('hex')
        .slice(0, 12);
      console.log(
        `${variant} ${memory} seed ${seed}: ${verdict.violation ?? 'none'} in ${verdict.executions} ` +
          `executions, trace hash ${verdict.traceHash}, bytes ${all}`,
      );
    }
  }
} finally {
  await pool.close();
}
