import { cpus as hostCpus } from 'node:os';
import { dontneedStorm, munmapStorm, munmapStormBusy } from '../../src/scenarios/stress/munmap-storm.js';
import type { StressRequest } from '../../src/stress/api.js';
import { StressEngine } from '../../src/stress/run.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { argumentsOf } from '../arguments.js';
import { alternate, record } from '../harness.js';
import { median, ratiosOf } from '../statistics.js';
import { compileC } from './compile-c.js';

/**
 * How fast runs on threads are, oracles on:
 *
 *     npx tsx bench/stress/throughput.ts [--only storm-2|storm-8|dontneed-8|busy-64|start] [--seconds 4]
 *     [--runs 3] [--warm 4] [--record]
 *
 * JSON lines on stdout, a table on stderr. Each figure is the median of the runs after one of `--warm`
 * seconds (more for more CPUs) that warms up on the same threads; runs of the C twin (twin.c: the same work,
 * without oracles, and as many looks before it sleeps) alternate with ours where gcc is present, and the
 * ratio is the median of the pairs'. Exit code 1 if a bar is missed. Times depend on the machine and on what
 * else it does: run it alone; the ratio is what stays.
 */

const {
  only,
  seconds,
  runs,
  warm: warmSeconds,
  isRecorded,
} = argumentsOf({ only: 'all', seconds: 4, runs: 3, warm: 4 });
const isNode24 = Number(process.versions.node.split('.')[0]) >= 24;

interface Case {
  readonly name: string;
  readonly cpus: number;
  readonly make: (cpus: number) => Scenario;
  readonly waiting: StressRequest['waiting'];
  readonly measure: 'shootdowns' | 'ipis';
  readonly bar: number;
  /** What the C twin does. */
  readonly twin: 'munmap' | 'dontneed' | null;
  /** Length of the warming run in seconds: each of many threads compiles for itself. */
  readonly warm: number;
}

const CASES: readonly Case[] = [
  {
    name: 'storm-2',
    cpus: 2,
    make: munmapStorm,
    waiting: 'auto',
    measure: 'shootdowns',
    bar: 300_000,
    twin: 'munmap',
    warm: warmSeconds,
  },
  {
    name: 'storm-8',
    cpus: 8,
    make: munmapStorm,
    waiting: 'auto',
    measure: 'ipis',
    bar: isNode24 ? 200_000 : 100_000,
    twin: 'munmap',
    warm: 2 * warmSeconds,
  },
  {
    name: 'dontneed-8',
    cpus: 8,
    make: dontneedStorm,
    waiting: 'auto',
    measure: 'ipis',
    bar: isNode24 ? 200_000 : 100_000,
    twin: 'dontneed',
    warm: 2 * warmSeconds,
  },
  {
    name: 'busy-64',
    cpus: 64,
    make: munmapStormBusy,
    waiting: 'token',
    measure: 'shootdowns',
    bar: 500,
    twin: null,
    warm: 10 * warmSeconds,
  },
];

const twin = compileC('twin');
let missed = false;
try {
  for (const one of CASES) if (only === 'all' || only === one.name) await throughput(one);
  if (only === 'all' || only === 'start') for (const cpus of [8, 64, 256]) await startUp(cpus);
} finally {
  twin?.dispose();
}
process.exitCode = missed ? 1 : 0;

function request(
  scenario: Scenario,
  cpus: number,
  waiting: StressRequest['waiting'],
  forMs: number,
): StressRequest {
  return { variant: '6.18', scenario, cpus, forMs, seed: 1, memory: 'tso', waiting, perturbEvery: 0 };
}

async function throughput({
  name,
  cpus,
  make,
  waiting,
  measure,
  bar,
  twin: work,
  warm,
}: Case): Promise<void> {
  const engine = new StressEngine();
  let how = '';
  let sleeps = 0;
  const own = async (): Promise<number> => {
    const result = await engine.run(request(make(cpus), cpus, waiting, seconds * 1000));
    if (result.violations.length > 0 || result.hang !== null || result.dead.length > 0)
      throw new Error(JSON.stringify(result));
    sleeps = result.sleeps / Math.max(1, result.shootdowns);
    how = `${result.waiting} (${result.waitingReason})`;
    return result[measure] / result.seconds;
  };
  const inC = (): number =>
    twin === null || work === null ? Number.NaN : twin.run(cpus, seconds, work)[`${measure}PerSecond`];
  let measured: Readonly<Record<'ours' | 'theirs', readonly number[]>>;
  try {
    await engine.run(request(make(cpus), cpus, waiting, warm * 1000));
    measured = await alternate(runs, { ours: own, theirs: inC });
  } finally {
    await engine.close();
  }
  const { ours, theirs } = measured;
  const value = median(ours);
  const ok = value >= bar;
  missed ||= !ok;
  const hasPeer = twin !== null && work !== null;
  const peer = median(theirs);
  const ratio = Number(median(ratiosOf(ours, theirs)).toFixed(3));
  const line = {
    bench: name,
    ...{ cpus, measure, perSecond: Math.round(value), all: ours.map(Math.round), waiting: how },
    sleepsPerShootdown: Number(sleeps.toFixed(2)),
    ...(hasPeer ? { cPerSecond: Math.round(peer), cAll: theirs.map(Math.round), ratio } : {}),
    ...{ node: process.version, cores: hostCpus().length, bar, ok },
  };
  console.log(JSON.stringify(line));
  const beside = hasPeer ? `; C ${digits(peer)}, ratio ${ratio}` : '';
  const result = `${digits(value)} ${measure}/s (bar ${digits(bar)}: ${ok ? 'met' : '**missed**'})${beside}`;
  console.error(`${name.padEnd(10)} ${result}`);
  const asked = `--only ${name} --seconds ${seconds} --runs ${runs} --warm ${warmSeconds}`;
  const command = `npx tsx bench/stress/throughput.ts ${asked}`;
  if (isRecorded)
    record({ what: `threads, ${name}, beside a C twin that does the same work`, result, command });
}

/** Start-up and memory of a machine, then the start of a second run on the same threads. */
async function startUp(cpus: number): Promise<void> {
  const engine = new StressEngine();
  try {
    const before = process.memoryUsage().rss;
    const first = await engine.run(request(munmapStorm(cpus), cpus, 'doorbell', 500));
    const rss = process.memoryUsage().rss - before;
    const second = await engine.run(request(munmapStorm(cpus), cpus, 'doorbell', 500));
    const line = {
      bench: 'start',
      ...{
        cpus,
        firstSeconds: first.startSeconds,
        againSeconds: second.startSeconds,
        mebibytes: Math.round(rss / 2 ** 20),
        node: process.version,
      },
    };
    console.log(JSON.stringify(line));
    console.error(
      `start      ${String(cpus).padStart(4)} CPUs ${first.startSeconds.toFixed(2)} s, again ` +
        `${second.startSeconds.toFixed(2)} s, ${line.mebibytes} MiB`,
    );
  } finally {
    await engine.close();
  }
}

function digits(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
