import type { Verdict } from '../src/explore/api.js';
import { hunt } from '../src/explore/hunt.js';
import { openPool } from '../src/explore/pool.js';
import { strategies } from '../src/explore/strategies/index.js';
import { knownOf } from '../src/known/of-variant.js';
import { fittingScenarios } from '../src/scenarios/fitting.js';
import { findVariant } from '../src/variants/index.js';
import type { MemoryModel } from '../src/vocabulary/finding.js';
import { argumentsOf } from './arguments.js';
import { record } from './harness.js';
import { median, quantile } from './statistics.js';

/**
 * How long a plain hunt over the catalogue takes to find the known bugs, pool start included; and that b1
 * needs the store buffer: under sequential consistency nothing is found in 20 times the executions in which
 * it was found.
 *
 *     npx tsx bench/hunt.ts [--variants b1,b2] [--seeds 20] [--jobs 2] [--limit 5] [--budget 20] [--record]
 *
 * Exit code 1 if a bug was missed or took the limit in seconds or more, or if something was found without
 * store buffers.
 */

const SC_VARIANT = 'b1';
const SC_FACTOR = 20;

const given = argumentsOf({ variants: 'b1,b2,b3,b4', seeds: 20, jobs: 2, limit: 5, budget: 20 });
const { variants, jobs, limit: limitSeconds, isRecorded } = given;
/** A hunt that has not found it by then has missed it. */
const budgetMs = given.budget * 1000;
const seeds = Array.from({ length: given.seeds }, (_, i) => i + 1);
let failed = false;

for (const variant of variants.split(',')) {
  const runs: { verdict: Verdict; seconds: number }[] = [];
  for (const seed of seeds) runs.push(await run(variant, seed, 'tso', { budgetMs }));
  const found = runs.filter(({ verdict }) => verdict.violation !== null);
  const seconds = found.map((one) => one.seconds);
  const executions = found.map(({ verdict }) => verdict.executions);
  const worst = quantile(seconds, 1);
  const classes = [...new Set(found.map(({ verdict }) => verdict.violation))].join(', ');
  const good = found.length === seeds.length && worst < limitSeconds;
  failed ||= !good;
  const result =
    `${found.length} of ${seeds.length} seeds (${classes}), seconds median ` +
    `${median(seconds).toFixed(2)} worst ${worst.toFixed(2)}, ` +
    `executions median ${median(executions)} worst ${quantile(executions, 1)}`;
  console.log(`${variant}: ${result}${good ? '' : ', FAILED'}`);
  const command =
    `npx tsx bench/hunt.ts --variants ${variant} --seeds ${seeds.length} --jobs ${jobs} ` +
    `--budget ${given.budget}`;
  if (isRecorded) record({ what: `${variant} by plain hunt`, result, command });
  if (variant === SC_VARIANT) await withoutStoreBuffers(found.map(({ verdict }) => verdict));
}
process.exitCode = failed ? 1 : 0;

/** The same hunts under sequential consistency, each 20 times as long. */
async function withoutStoreBuffers(found: readonly Verdict[]): Promise<void> {
  let executions = 0;
  const seen: string[] = [];
  for (const { seed, executions: needed } of found) {
    const { verdict } = await run(SC_VARIANT, seed, 'sc', { executions: SC_FACTOR * needed });
    executions += verdict.executions;
    if (verdict.violation !== null)
      seen.push(`seed ${seed}: ${verdict.violation} in ${verdict.scenario}: ${verdict.message}`);
    for (const latent of verdict.latent)
      seen.push(`seed ${seed}: latent ${latent.class} in ${latent.scenario}: ${latent.message}`);
  }
  for (const line of seen) console.log(`  FOUND ${line}`);
  failed ||= seen.length > 0;
  console.log(
    `${SC_VARIANT} --memory sc: ${seen.length === 0 ? 'nothing' : 'FAILED, something'} in ${executions} ` +
      `executions (${SC_FACTOR} times as many per seed)`,
  );
}

async function run(
  variant: string,
  seed: number,
  memory: MemoryModel,
  until: { budgetMs?: number; executions?: number },
): Promise<{ verdict: Verdict; seconds: number }> {
  const started = performance.now();
  const pool = openPool(jobs);
  const scenarios = fittingScenarios([findVariant(variant)], undefined);
  // Goes past open findings of the bug's kernel, as "shootdown hunt" does: they are not what is looked for.
  const known = knownOf(variant, scenarios);
  try {
    const { verdict } = await hunt({
      ...{ variant, scenarios, ...(known === undefined ? {} : { known }) },
      strategies: strategies.map(({ name }) => name),
      seed,
      memory,
      jobs,
      ...until,
      pool,
    });
    return { verdict, seconds: (performance.now() - started) / 1000 };
  } finally {
    await pool.close();
  }
}
