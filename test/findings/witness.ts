import { fileURLToPath } from 'node:url';
import { sourceFile } from '../../src/bundle/user-files.js';
import { encodeSchedule } from '../../src/drive/schedule.js';
import { type BatchRequest, runBatch, simplifyWitness } from '../../src/explore/batch.js';
import { hex } from '../../src/explore/hex.js';
import { loadModules } from '../../src/modules/load.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import {
  FINDING_FORMAT,
  FINDING_VERSION,
  type KernelFinding,
  type ProgramFinding,
} from '../../src/vocabulary/finding.js';
import { VERSION } from '../../src/vocabulary/version.js';

/** The scenario of the catalogue that a variant falls in first. */
const FALLS_IN: Readonly<Record<string, string>> = { b4: 'reclaim', 'kvm/v5': 'two-flushers' };

/** A real witness of a variant, found in this process and simplified. */
export function findWitness(variant: string, executions = 1_000): KernelFinding {
  const named = FALLS_IN[variant] ?? 'ping-pong-dontneed';
  for (const scenario of catalogue.filter(({ name }) => name === named)) {
    const strategies = ['random', 'pct', 'delay'];
    const request: BatchRequest = {
      variant,
      scenario,
      memory: 'tso',
      strategies,
      seed: 1,
      first: 0,
      count: executions,
    };
    const { witness } = runBatch(request);
    if (witness === null) continue;
    const { strategy, execution, schedule, steps, violation, latent, hash } = simplifyWitness(
      request,
      witness,
    );
    return {
      ...{
        format: FINDING_FORMAT,
        version: FINDING_VERSION,
        shootdown: VERSION,
        variant,
        scenario,
        memory: 'tso',
        strategy,
        seed: 1,
      },
      ...{ execution, schedule: encodeSchedule(schedule), steps, violation, latent, traceHash: hex(hash) },
    };
  }
  throw new Error(`${variant}: nothing found`);
}

/** A real witness against a user's program, an example's. Loads its module. */
export async function findProgramWitness(): Promise<ProgramFinding> {
  const api = await import('../../src/index.js');
  const { modules } = await loadModules(
    [fileURLToPath(new URL('../../examples/ticket-lock.ts', import.meta.url))],
    {
      api,
      apiFile: sourceFile('index'),
      typeCheck: false,
    },
  );
  const program = 'ticket-lock-broken';
  const request: BatchRequest = {
    program,
    memory: 'tso',
    strategies: ['random'],
    seed: 1,
    first: 0,
    count: 100,
  };
  const { witness } = runBatch(request, undefined, modules);
  if (witness === null) throw new Error(`${program}: nothing found`);
  const { strategy, execution, schedule, steps, violation, latent, hash } = witness;
  return {
    ...{
      format: FINDING_FORMAT,
      version: FINDING_VERSION,
      shootdown: VERSION,
      program,
      cpus: 3,
      memory: 'tso',
      strategy,
      seed: 1,
    },
    ...{
      execution,
      schedule: encodeSchedule(schedule),
      steps,
      violation,
      latent,
      traceHash: hex(hash),
      modules: modules.refs,
    },
  };
}
