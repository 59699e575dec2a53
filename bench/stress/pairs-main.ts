import { createInterface } from 'node:readline';
import { dontneedStorm, munmapStorm } from '../../src/scenarios/stress/munmap-storm.js';
import { StressEngine } from '../../src/stress/run.js';

/**
 * One side of bench/stress/pairs.ts: for each line on stdin (a workload, milliseconds) one run of it on
 * threads, told as a line of JSON.
 */

const WORKLOADS = {
  'storm-1': { cpus: 1, make: munmapStorm, measure: 'stepsMax' },
  'storm-2': { cpus: 2, make: munmapStorm, measure: 'shootdowns' },
  'storm-8': { cpus: 8, make: munmapStorm, measure: 'ipis' },
  'dontneed-8': { cpus: 8, make: dontneedStorm, measure: 'ipis' },
} as const;

const engine = new StressEngine();
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ms] = line.split(' ');
  const { cpus, make, measure } = WORKLOADS[name as keyof typeof WORKLOADS];
  const common = {
    variant: '6.18',
    cpus,
    seed: 1,
    memory: 'tso',
    waiting: 'doorbell',
    perturbEvery: 0,
  } as const;
  const result = await engine.run({ ...common, scenario: make(cpus), forMs: Number(ms) });
  if (result.violations.length > 0 || result.hang !== null || result.dead.length > 0)
    throw new Error(JSON.stringify(result));
  console.log(JSON.stringify({ perSecond: result[measure] / result.seconds }));
}
await engine.close();
