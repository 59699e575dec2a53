import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { fittingScenarios } from '../../src/scenarios/fitting.js';
import type { StressResult } from '../../src/stress/api.js';
import { StressEngine } from '../../src/stress/run.js';
import { findVariant } from '../../src/variants/index.js';
import { argumentsOf } from '../arguments.js';
import { record } from '../harness.js';
import { Kept, type KeptLine } from '../kept.js';

/**
 * Correct kernels on threads for a long time, oracles on: the catalogue, replicated to the number of CPUs,
 * perturbed as a plain `shootdown stress` is. A profile is any variant, a backend too.
 *
 *     npx tsx bench/stress/soak.ts [--cpus 8,64] [--minutes 10] [--profiles 6.12,6.17.5,6.18]
 *     [--state soak.jsonl] [--record]
 *
 * Minutes are per number of CPUs, cut into a slice for each profile and scenario. A JSON line per slice on
 * stdout and at the end of the state file: run again, it goes on after the last slice that is there. A slice
 * is bad if it saw a violation, latent ones included, a hang, a dead thread, or a CPU that got nowhere. Exit
 * code 1 if any slice, of an earlier run too, was bad; 130 at Ctrl-C.
 */

const given = argumentsOf({
  ...{ cpus: '8,64', minutes: 10, profiles: '6.12,6.17.5,6.18', state: 'soak.jsonl', seed: 1 },
});
/** What is run a slice each, the scenarios that make sense with each profile. */
const plan = given.profiles
  .split(',')
  .flatMap((variant) =>
    fittingScenarios([findVariant(variant)], undefined, catalogue).map((scenario) => ({ variant, scenario })),
  );
const slices = plan.length;
const sliceMs = Math.round((given.minutes * 60_000) / slices);
/** As `shootdown stress` has it. */
const PERTURB_EVERY = 200;

interface Slice extends KeptLine {
  readonly ok: boolean;
  readonly seconds: number;
  readonly cpus: number;
}

const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
const kept = new Kept<Slice>(given.state);
const all: Slice[] = [];
for (const cpus of given.cpus.split(',').map(Number)) if (!abort.signal.aborted) await soak(cpus);

for (const cpus of new Set(all.map((slice) => slice.cpus))) {
  const own = all.filter((slice) => slice.cpus === cpus);
  const seconds = own.reduce((sum, slice) => sum + slice.seconds, 0);
  const bad = own.filter(({ ok }) => !ok).length;
  const result = `${own.length} of ${slices} slices, ${seconds.toFixed(0)} s, ${bad} bad`;
  console.error(`${cpus} CPUs: ${result}`);
  const command = `npx tsx bench/stress/soak.ts --cpus ${cpus} --minutes ${given.minutes}`;
  if (given.isRecorded) record({ what: `soak of ${given.profiles} on ${cpus} CPUs`, result, command });
}
process.exitCode = all.some(({ ok }) => !ok) ? 1 : abort.signal.aborted ? 130 : 0;

async function soak(cpus: number): Promise<void> {
  const engine = new StressEngine();
  try {
    for (let slice = 0; slice < slices && !abort.signal.aborted; slice++) {
      const { variant, scenario } = plan[slice];
      const seed = given.seed + slice;
      const key = `${variant} ${scenario.name} ${cpus} ${sliceMs} ${seed}`;
      const known = kept.find(key);
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
      kept.add(line);
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
