import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus as hostCpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dontneedStorm, munmapStorm, munmapStormBusy } from '../../src/scenarios/stress/munmap-storm.js';
import type { StressRequest } from '../../src/stress/api.js';
import { StressEngine } from '../../src/stress/run.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';

/**
 * How fast runs on threads are, oracles on:
 *
 *     node --import tsx bench/stress/throughput.ts [--only storm-2|storm-8|dontneed-8|busy-64|start]
 *     [--seconds 4] [--runs 3]
 *
 * JSON lines on stdout, a table on stderr. Each figure is the median of the runs after one that warms up on
 * the same threads; runs of the C twin (doorbell.c: the same waiting and nothing else; munmaps of one process
 * follow each other, so beside storm-8 it does as well) alternate with ours where gcc is present. Exit code 1
 * if a bar is missed. Times depend on the machine and on what else it does: run it alone.
 */

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'all' },
    seconds: { type: 'string', default: '4' },
    runs: { type: 'string', default: '3' },
  },
});
const seconds = Number(values.seconds);
const runs = Number(values.runs);
const isNode24 = Number(process.versions.node.split('.')[0]) >= 24;

interface Case {
  readonly name: string;
  readonly cpus: number;
  readonly make: (cpus: number) => Scenario;
  readonly waiting: StressRequest['waiting'];
  readonly measure: 'shootdowns' | 'ipis';
  readonly bar: number;
  /** How the C twin initiates. */
  readonly twin: 'at once' | 'serial' | null;
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
    twin: 'at once',
    warm: seconds,
  },
  {
    name: 'storm-8',
    cpus: 8,
    make: munmapStorm,
    waiting: 'auto',
    measure: 'ipis',
    bar: isNode24 ? 200_000 : 100_000,
    twin: 'serial',
    warm: 2 * seconds,
  },
  {
    name: 'dontneed-8',
    cpus: 8,
    make: dontneedStorm,
    waiting: 'auto',
    measure: 'ipis',
    bar: isNode24 ? 200_000 : 100_000,
    twin: 'at once',
    warm: 2 * seconds,
  },
  {
    name: 'busy-64',
    cpus: 64,
    make: munmapStormBusy,
    waiting: 'token',
    measure: 'shootdowns',
    bar: 500,
    twin: null,
    warm: 10 * seconds,
  },
];

const twin = compileTwin();
let missed = false;
try {
  for (const one of CASES) if (values.only === 'all' || values.only === one.name) await throughput(one);
  if (values.only === 'all' || values.only === 'start') for (const cpus of [8, 64, 256]) await startUp(cpus);
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
  twin: initiates,
  warm,
}: Case): Promise<void> {
  const engine = new StressEngine();
  const ours: number[] = [];
  const theirs: number[] = [];
  let how = '';
  let sleeps = 0;
  try {
    await engine.run(request(make(cpus), cpus, waiting, warm * 1000));
    for (let run = 0; run < runs; run++) {
      const result = await engine.run(request(make(cpus), cpus, waiting, seconds * 1000));
      if (result.violations.length > 0 || result.hang !== null || result.dead.length > 0)
        throw new Error(JSON.stringify(result));
      ours.push(result[measure] / result.seconds);
      sleeps = result.sleeps / Math.max(1, result.shootdowns);
      how = `${result.waiting} (${result.waitingReason})`;
      if (initiates !== null && twin !== null)
        theirs.push(twin.run(cpus, initiates === 'serial')[`${measure}PerSecond`]);
    }
  } finally {
    await engine.close();
  }
  const value = median(ours);
  const ok = value >= bar;
  missed ||= !ok;
  const peer = theirs.length === 0 ? null : median(theirs);
  const line = {
    bench: name,
    ...{
      cpus,
      measure,
      perSecond: Math.round(value),
      all: ours.map(Math.round),
      waiting: how,
      sleepsPerShootdown: Number(sleeps.toFixed(2)),
    },
    ...(peer === null
      ? {}
      : {
          cPerSecond: Math.round(peer),
          cAll: theirs.map(Math.round),
          ratio: Number((value / peer).toFixed(3)),
        }),
    ...{ node: process.version, cores: hostCpus().length, bar, ok },
  };
  console.log(JSON.stringify(line));
  const beside = peer === null ? '' : `   C ${digits(peer)} (ratio ${(value / peer).toFixed(3)})`;
  console.error(
    `${name.padEnd(10)} ${digits(value).padStart(10)} ${measure}/s${beside}   bar ${digits(bar)}: ` +
      `${ok ? 'met' : 'MISSED'}`,
  );
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

/** The C twin, or null with a message where there is no gcc. */
function compileTwin(): {
  run(cpus: number, serial: boolean): Record<string, number>;
  dispose(): void;
} | null {
  const folder = mkdtempSync(join(tmpdir(), 'shootdown-bench-'));
  const binary = join(folder, 'doorbell');
  const source = fileURLToPath(new URL('./doorbell.c', import.meta.url));
  const made = spawnSync('gcc', ['-O2', '-pthread', '-o', binary, source], { encoding: 'utf8' });
  if (made.status !== 0) {
    console.error(
      `the C twin is skipped: ${made.error === undefined ? made.stderr.trim() : 'gcc is not present'}`,
    );
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  return {
    run: (cpus, serial) =>
      JSON.parse(
        execFileSync(binary, [String(cpus), String(seconds), ...(serial ? ['serial'] : [])], {
          encoding: 'utf8',
        }),
      ),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}

function digits(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
