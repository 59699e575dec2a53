import { type BatchRequest, runBatch, simplifyWitness } from '../../src/explore/batch.js';
import { hex } from '../../src/explore/hex.js';
import { encodeSchedule } from '../../src/explore/schedule.js';
import { FINDING_FORMAT, FINDING_VERSION, type KernelFinding } from '../../src/findings/finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { VERSION } from '../../src/version.js';

/** The scenario of the catalogue that a variant falls in first. */
const FALLS_IN: Readonly<Record<string, string>> = { b4: 'reclaim', 'kvm/v5': 'two-flushers' };

/** A real witness of a variant, found in this process and simplified. */
export function findWitness(variant: string, executions = 1_000): KernelFinding {
  const named = FALLS_IN[variant] ?? 'ping-pong-dontneed';
  for (const scenario of catalogue.filter(({ name }) => name === named)) {
    const strategies = ['random', 'pct', 'delay'];
    const request: BatchRequest = { variant, scenario, memory: 'tso', strategies, seed: 1, first: 0, count: executions };
    const { witness } = runBatch(request);
    if (witness === null) continue;
    const { strategy, execution, schedule, steps, violation, latent, hash } = simplifyWitness(request, witness);
    return {
      ...{ format: FINDING_FORMAT, version: FINDING_VERSION, shootdown: VERSION, variant, scenario, memory: 'tso', strategy, seed: 1 },
      ...{ execution, schedule: encodeSchedule(schedule), steps, violation, latent, traceHash: hex(hash) },
    };
  }
  throw new Error(`${variant}: nothing found`);
}
