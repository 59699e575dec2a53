import { fileURLToPath } from 'node:url';
import type { LatentCount, ScenarioTally } from '../src/explore/api.js';
import { hunt } from '../src/explore/hunt.js';
import { openPool } from '../src/explore/pool.js';
import { strategies } from '../src/explore/strategies/index.js';
import { knownOf } from '../src/known/of-variant.js';
import type { CounterName } from '../src/oracles/counters.js';
import { catalogue } from '../src/scenarios/catalogue/index.js';
import { findVariant } from '../src/variants/index.js';
import { argumentsOf } from './arguments.js';
import { engineHash } from './engine-hash.js';
import { printTable, record } from './harness.js';
import { Kept, type KeptLine } from './kept.js';

/**
 * Correct kernels over the whole catalogue, in the scenarios and settings in which the known bugs are found:
 * nothing may be found, and everything that the protocol is about must have happened.
 *
 *     npx tsx bench/clean.ts [--executions 300000] [--profiles 6.12,6.17.5,6.18] [--jobs 2] [--state FILE]
 *     [--record]
 *
 * Executions are per profile, in parts of 20,000, each with a seed of its own (profiles with the same
 * features would else repeat each other's executions). A run that was stopped goes on where it was; other
 * code starts again. Exit code 1 if anything was found, latent findings included, or anything did not happen.
 */

const PART = 20_000;
/** Seeds kept for each profile: the first has 1 to 1000. */
const SEEDS = 1000;
/** What must not be zero over the catalogue. */
const HAPPENED: readonly (readonly [heading: string, counter: CounterName])[] = [
  ['IPIs served', 'ipisServed'],
  ['no-flush switches', 'noFlushSwitches'],
  ['partial flushes', 'partialFlushes'],
  ['lazy re-entries', 'lazyReentries'],
  ['COW breaks', 'cowBreaks'],
  ['drains overtaken', 'drainsOvertaken'],
  ['preemptions', 'preemptions'],
];
/**
 * What cannot happen: nobody sends IPIs for flushes that a hypercall does, nothing preempts a CPU on bare
 * metal.
 */
function cannotHappen(variant: string, counter: CounterName): boolean {
  const has = findVariant(variant)?.backend.has;
  return (
    (counter === 'ipisServed' && has?.ipis !== true) ||
    (counter === 'preemptions' && has?.virtualCpus !== true)
  );
}

/** What is kept of a part. */
interface Part extends KeptLine {
  readonly seed: number;
  readonly violation: string | null;
  readonly latent: readonly LatentCount[];
  readonly scenarios: readonly ScenarioTally[];
  readonly traceHash: string;
  readonly seconds: number;
}

const { executions, profiles, jobs, state, isRecorded } = argumentsOf({
  executions: 300_000,
  profiles: '6.12,6.17.5,6.18',
  jobs: 2,
  state: fileURLToPath(new URL('../node_modules/.cache/shootdown/clean.jsonl', import.meta.url)),
});
const engine = await engineHash();
const kept = new Kept<Part>(state);
const pool = openPool(jobs);
let failed = false;
try {
  for (const [index, profile] of profiles.split(',').entries()) {
    const parts: Part[] = [];
    for (let done = 0, seed = index * SEEDS + 1; done < executions; done += PART, seed++)
      parts.push(await part(profile, seed, Math.min(PART, executions - done)));
    report(profile, parts);
  }
} finally {
  await pool.close();
}
process.exitCode = failed ? 1 : 0;

/** One part, of this very engine: from the state if it is there, else run and kept. */
function part(profile: string, seed: number, count: number): Promise<Part> {
  const key = `${engine} ${profile} ${seed} ${count}`;
  return kept.of(key, () => explored(key, profile, seed, count));
}

async function explored(key: string, profile: string, seed: number, count: number): Promise<Part> {
  const { verdict } = await hunt({
    variant: profile,
    scenarios: catalogue,
    strategies: strategies.map(({ name }) => name),
    seed,
    memory: 'tso',
    jobs,
    executions: count,
    // What is known to be wrong in a kernel has its name, and is not what is looked for.
    known: knownOf(profile, catalogue),
    pool,
  });
  const { latent, scenarios, traceHash, seconds } = verdict;
  if (process.stderr.isTTY)
    process.stderr.write(`${profile} seed ${seed}: ${count} executions in ${seconds.toFixed(1)} s\n`);
  const violation =
    verdict.violation === null ? null : `${verdict.violation} in ${verdict.scenario}: ${verdict.message}`;
  return { key, seed, violation, latent, scenarios, traceHash, seconds };
}

function report(profile: string, parts: readonly Part[]): void {
  const sum = (scenario: string | null, value: (tally: Part['scenarios'][number]) => number): number =>
    parts
      .flatMap((made) => made.scenarios)
      .reduce(
        (total, tally) => (scenario === null || tally.scenario === scenario ? total + value(tally) : total),
        0,
      );
  const row = (scenario: string | null): string[] => [
    String(sum(scenario, (tally) => tally.executions)),
    String(sum(scenario, (tally) => tally.steps)),
    ...HAPPENED.map(([, counter]) => String(sum(scenario, (tally) => tally.counters[counter]))),
  ];
  const seconds = parts.reduce((total, made) => total + made.seconds, 0);
  console.log(
    `\n${profile}: seeds ${parts[0].seed} to ${parts[0].seed + parts.length - 1}, ${jobs} jobs, ` +
      `${seconds.toFixed(0)} s`,
  );
  printTable([
    ['scenario', 'executions', 'steps', ...HAPPENED.map(([heading]) => heading)],
    ...catalogue.map(({ name }) => [name, ...row(name)]),
    ['all', ...row(null)],
  ]);
  const found = parts.flatMap((made) => [
    ...(made.violation === null ? [] : [`seed ${made.seed}: ${made.violation}`]),
    ...made.latent.map(
      (latent) => `seed ${made.seed}: latent ${latent.class} in ${latent.scenario}: ${latent.message}`,
    ),
  ]);
  const never = HAPPENED.filter(
    ([, counter]) => !cannotHappen(profile, counter) && sum(null, (tally) => tally.counters[counter]) === 0,
  ).map(([heading]) => heading);
  for (const line of found) console.log(`  FOUND ${line}`);
  for (const heading of never) console.log(`  NEVER ${heading}`);
  const isClean = found.length + never.length === 0;
  console.log(isClean ? `${profile}: no violation, nothing latent` : `${profile}: FAILED`);
  failed ||= !isClean;
  const result = `${isClean ? 'nothing' : '**FAILED**'} in ${executions} executions`;
  const command = `npx tsx bench/clean.ts --profiles ${profile} --executions ${executions}`;
  if (isRecorded) record({ what: `${profile} over the whole catalogue`, result, command });
}
