import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from '../../src/bundle/bundle.js';
import { makeTemporary } from '../../src/bundle/temporary.js';
import { loweringPlugin } from '../../src/lowering/plugin.js';
import { argumentsOf } from '../arguments.js';
import type * as Entry from './kernels-entry.js';

/**
 * All executions of variants in the small scenarios of at most so many CPUs, all oracles, on one core, in
 * processor time:
 *
 *     npx tsx bench/verify/kernels.ts [--seconds 60] [--cpus 2] [--only SCENARIO,...] [--reduced 0] VARIANT...
 */

const MEMORY_BYTES = 3 * 2 ** 30;

const outfile = join(makeTemporary(), 'kernels.mjs');
const entry = fileURLToPath(new URL('kernels-entry.ts', import.meta.url));
await bundle({ entry, outfile, plain: true, delegating: true, plugins: [loweringPlugin()] });
const { verifyCatalogue, verifyKernel } = (await import(pathToFileURL(outfile).href)) as typeof Entry;
const asked = argumentsOf({ seconds: 60, cpus: 256, only: '', reduced: 1 }, 'VARIANT...');
const { positionals: variants, seconds, cpus, only, reduced } = asked;
const scenarios = verifyCatalogue.filter(
  (scenario) => scenario.cpus <= cpus && (only === '' || only.split(',').includes(scenario.name)),
);
for (const variant of variants)
  for (const scenario of scenarios) {
    const limitMs = seconds * 1000;
    const found = verifyKernel(variant, scenario, 'tso', MEMORY_BYTES, limitMs, reduced !== 0);
    const { states, transitions, depth, schedule, complete, ended, cpuMs, peakMemoryBytes, pairs } = found;
    const steps = schedule?.filter((decision) => decision >= 0).length;
    const verdict = complete
      ? 'complete'
      : steps === undefined
        ? `ended by ${ended}`
        : `violated in ${steps}`;
    console.log(
      `${variant} ${scenario.name}: ${verdict}; ${states} states, ${transitions} transitions, depth ${depth}, ` +
        `${pairs} pairs, ${found.touched} words, ${(cpuMs / 1000).toFixed(1)} s, ` +
        `${Math.round(states / cpuMs)} k states/s, ${Math.round(peakMemoryBytes / states)} bytes a state`,
    );
  }
