import { openPool } from '../../src/explore/pool.js';
import { hunt } from '../../src/index.js';
import { minimiseFinding } from '../../src/minimise/minimise-finding.js';
import { argumentsOf } from '../arguments.js';
import { printTable, record } from '../harness.js';
import { median } from '../statistics.js';

/**
 * What hunts meet, with and without `minimise`: steps and script operations, medians over seeds.
 *
 *     npx tsx bench/minimise/hunted.ts [--seeds 5] [--record] [VARIANT]...
 *
 * Exit code 1 where a median has more than 0.55 of the steps that hunts had when the bar was set, or more
 * than nine operations, or where one took more than 10 s of processor time.
 */

/** Medians of hunts' simplified witnesses, as they were when the bar was set. */
const STEPS_BEFORE: Readonly<Record<string, number>> = {
  ...{ b1: 210, b2: 258, b3: 225, b4: 161, b27: 146 },
  ...{ 'kvm/v1': 388, 'kvm/v2': 435, 'kvm/v5': 345 },
};
const STEPS_FACTOR_MAX = 0.55;
const OPERATIONS_MAX = 9;
const SECONDS_MAX = 10;
const EXECUTIONS = 200_000;

const { seeds, isRecorded, positionals } = argumentsOf({ seeds: 5 }, '[VARIANT]...');
const variants = positionals.length === 0 ? Object.keys(STEPS_BEFORE) : positionals;
const rows: string[][] = [
  [
    'variant',
    'found',
    'hunted',
    'minimised',
    'bar',
    'operations',
    'CPUs',
    'switches',
    'shortest',
    'seconds',
    'CPU s',
  ],
];
const said: string[] = [];
let isMissed = false;
for (const variant of variants) {
  const results: {
    hunted: number;
    steps: number;
    operations: number;
    cpus: number;
    switches: number;
    shortest: boolean;
    seconds: number;
    cpuSeconds: number;
  }[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const hunting = openPool(1);
    const { finding } = await hunt({ variant, seed, executions: EXECUTIONS, pool: hunting });
    await hunting.close();
    if (finding === null) continue;
    // As the command does: with a pool of its own, which it waits for.
    const [from, cpu] = [performance.now(), process.cpuUsage()];
    const pool = openPool(1);
    const found = await minimiseFinding(finding, pool, pool.modules);
    await pool.close();
    if (found === null) throw new Error('nobody has interrupted it');
    const { user, system } = process.cpuUsage(cpu);
    const { steps, operations, cpus, switches } = found.after;
    results.push({
      hunted: finding.steps,
      ...{ steps, operations: operations ?? 0, cpus, switches, shortest: found.isShortest },
      seconds: (performance.now() - from) / 1000,
      cpuSeconds: (user + system) / 1e6,
    });
    const { before, executions, states } = found;
    console.log(
      `${variant}, seed ${seed}: ${finding.steps} to ${steps} steps, ${before.operations} to ${operations} ` +
        `operations, ${found.notShortest ?? 'the shortest'}, ${executions} executions, ${states} states`,
    );
  }
  const of = (pick: (result: (typeof results)[number]) => number): number => median(results.map(pick));
  const bar = Math.floor((STEPS_BEFORE[variant] ?? Number.NaN) * STEPS_FACTOR_MAX);
  const [steps, operations] = [of(({ steps }) => steps), of((result) => result.operations)];
  const slowest = Math.max(...results.map(({ cpuSeconds }) => cpuSeconds));
  const longest = Math.max(...results.map(({ seconds }) => seconds));
  const shortest = results.filter((result) => result.shortest).length;
  if (steps > bar || operations > OPERATIONS_MAX || slowest > SECONDS_MAX) isMissed = true;
  rows.push([
    ...[variant, `${results.length}`, `${of(({ hunted }) => hunted)}`, `${steps}`, `${bar}`, `${operations}`],
    ...[`${of(({ cpus }) => cpus)}`, `${of(({ switches }) => switches)}`, `${shortest}`],
    ...[longest.toFixed(1), slowest.toFixed(1)],
  ]);
  said.push(
    `${variant} ${of(({ hunted }) => hunted)} to ${steps} steps and ${operations} operations ` +
      `(${shortest} of ${results.length} the shortest; at most ${slowest.toFixed(1)} s)`,
  );
}
printTable(rows);
if (isRecorded)
  record({
    what:
      'hunted witnesses, minimised, medians over five seeds (bar: 0.55 of the steps that hunts had, ' +
      '9 operations, 10 s each)',
    result: `${said.join('; ')}; seconds of processor time`,
    command: `npx tsx bench/minimise/hunted.ts --seeds ${seeds}`,
  });
process.exitCode = isMissed ? 1 : 0;
