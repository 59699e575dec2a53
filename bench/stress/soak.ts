import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import type { StressResult } from '../../src/stress/api.js';
import { StressEngine } from '../../src/stress/run.js';

/**
 * Correct kernels on threads for a long time, oracles on: the catalogue, replicated to the number of CPUs,
 * perturbed as a plain `shootdown stress` is.
 *
 *     node --import tsx bench/stress/soak.ts [--cpus 8,64] [--minutes 10] [--profiles 6.12,6.17.5,6.18]
 *     [--state soak.jsonl]
 *
 * Minutes are per number of CPUs, cut into a slice for each profile and scenario. A JSON line per slice on
 * stdout and at the end of the state file: run again, it goes on after the last slice that is there. A slice
 * is bad if it saw a violation, latent ones included, a hang, a dead thread, or a CPU that got nowhere. Exit
 * code 1 if any slice, of an earlier run too, was bad; 130 at Ctrl-C.
 */

const { values } = parseArgs({
  options: {
    cpus: { type: 'string', default: '8,64' },
    minutes: { type: 'string', default: '10' },
    profiles: { type: 'string', default: '6.12,6.17.5,6.18' },
    state: { type: 'string', default: 'soak.jsonl' },
    seed: { type: 'string', default: '1' },
  },
});
const profiles = values.profiles.split(',');
const slices = profiles.length * catalogue.length;
const sliceMs = Math.round((Number(values.minutes) * 60_000) / slices);
/** As `shootdown stress` has it. */
const PERTURB_EVERY = 200;

interface Slice {
  /** Which slice of which soak: what is looked for when it goes on. */
  readonly key: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly cpus: number;
}

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
const done = new Map(
  (existsSync(values.state) ? readFileSync(values.state, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Slice)
    .map((slice) => [slice.key, slice]),
);
const all: Slice[] = [];
for (const cpus of values.cpus.split(',').map(Number)) if (!abort.signal.aborted) await soak(cpus);

for (const cpus of new Set(all.map((slice) => slice.cpus))) {
  const own = all.filter((slice) => slice.cpus === cpus);
  const seconds = own.reduce((sum, slice) => sum + slice.seconds, 0);
  console.error(
    `${cpus} CPUs: ${own.length} of ${slices} slices, ${seconds.toFixed(0)} s, ` +
      `${own.filter(({ ok }) => !ok).length} bad`,
  );
}
process.exitCode = all.some(({ ok }) => !ok) ? 1 : abort.signal.aborted ? 130 : 0;

async function soak(cpus: number): Promise<void> {
  const engine = new StressEngine();
  try {
    for (let slice = 0; slice < slices && !abort.signal.aborted; slice++) {
      const scenario = catalogue[slice % catalogue.length];
      const variant = profiles[Math.floor(slice / catalogue.length)];
      const seed = Number(values.seed) + slice;
      const key = `${variant} ${scenario.name} ${cpus} ${sliceMs} ${seed}`;
      const known = done.get(key);
      if (known !== undefined) {
        all.push(known);
        continue;
      }
      const common = {
        memory: 'tso',
        waiting: 'auto',
        perturbEvery: PERTURB_EVERY,
        signal: abort.signal,
      } as const;
      const result = await engine.run({ ...common, variant, scenario, cpus, forMs: sliceMs, seed });
      // What was cut short is run again, unless it had shown something by then.
      if (result.interrupted && !sawHarm(result)) return;
      const line = lineOf(key, result);
      all.push(line);
      console.log(JSON.stringify(line));
      appendFileSync(values.state, `${JSON.stringify(line)}\n`);
    }
  } finally {
    await engine.close();
  }
}

function sawHarm({ violations, latent, hang, dead }: StressResult): boolean {
  return violations.length > 0 || latent.length > 0 || hang !== null || dead.length > 0;
}

function lineOf(
  key: string,
  result: StressResult,
): Slice & Partial<StressResult> & { readonly node: string } {
  const {
    variant,
    scenario,
    cpus,
    seconds,
    seed,
    shootdowns,
    ipis,
    progressed,
    waiting,
    stepsMin,
    violations,
    latent,
    hang,
    dead,
  } = result;
  const figures = {
    variant,
    scenario,
    cpus,
    seed,
    seconds: Number(seconds.toFixed(2)),
    shootdowns,
    ipis,
    progressed,
    stepsMin,
    waiting,
  };
  return {
    key,
    ok: !sawHarm(result) && progressed === cpus,
    ...figures,
    violations,
    latent,
    hang,
    dead,
    node: process.version,
  };
}
