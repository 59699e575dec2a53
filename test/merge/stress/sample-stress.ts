import {
  type SharedStress,
  type StressBlob,
  type StressPart,
  stressBlob,
} from '../../../src/merge/stress/blob.js';
import type { StressResult } from '../../../src/stress/api.js';
import { sampleFinding } from '../../findings/sample.js';
import { sampleResult, sampleSelfTest } from '../../stress/sample-result.js';

/** Stress runs of b1 in two scenarios, of which each ran in some. */

export const SCENARIOS = ['ping-pong-dontneed', 'fork-cow'] as const;

export function sampleStress(parts: readonly StressPart[], change: Partial<SharedStress> = {}): StressBlob {
  const targets = SCENARIOS.map((scenario) => ({ variant: 'b1', program: false, scenario, cpus: 2 }));
  const stress = { memory: 'tso', wait: 'auto', perturb: 200, targets, ...change } as const;
  return stressBlob(stress, parts, change.shootdown ?? '0.1.0');
}

export function samplePart(
  seed: number,
  results: readonly Partial<StressResult>[] = [{}],
  change: Partial<StressPart> = {},
): StressPart {
  const whole = results.map((result) =>
    sampleResult({ variant: 'b1', scenario: SCENARIOS[0], seed, ...result }),
  );
  const selfTest = sampleSelfTest();
  return { seed, forMs: 2000, interrupted: false, selfTest, results: whole, look: null, ...change };
}

/** The explorer has looked, and found something of that many steps or nothing. */
export function sampleLook(seed: number, steps: number | null): NonNullable<StressPart['look']> {
  const finding = sampleFinding({ variant: 'b1', seed, steps: steps ?? 0 });
  const isFound = steps !== null;
  return {
    ...{ variant: 'b1', executions: 100, seconds: 0.5, known: null, met: [] },
    violation: isFound ? finding.violation.class : null,
    message: isFound ? finding.violation.message : null,
    witness: isFound ? { finding, cause: 'no IPI' } : null,
  };
}
