/** `stress --reporter blob`: what a run leaves for `shootdown merge`. */

import { type StressBlob, type StressPart, stressBlob } from '../../../merge/stress/blob.js';
import type { SelfTest } from '../../../stress/self-test.js';
import type { CampaignResult } from '../../../stress/stress-campaign.js';
import { PLAIN_PROGRAM } from '../../../vocabulary/finding.js';
import type { ShownLook } from './print-stress.js';
import type { StressTargets } from './stress-targets.js';

interface BlobFlags {
  readonly for: number;
  readonly seed: number;
  readonly memory: StressBlob['stress']['memory'];
  readonly wait: StressBlob['stress']['wait'];
}

interface Ran {
  readonly campaign: CampaignResult;
  readonly selfTest: SelfTest;
  readonly look: ShownLook | null;
  readonly interrupted: boolean;
  /** Mean instructions between two perturbations. */
  readonly perturb: number;
}

export function blobOfRun({ targets }: StressTargets, flags: BlobFlags, ran: Ran): StressBlob {
  const { campaign, selfTest, look, interrupted, perturb } = ran;
  const { memory, wait, seed, for: forMs } = flags;
  const shared = targets.map((target) => ({
    variant: 'program' in target ? target.program : target.variant,
    program: 'program' in target,
    scenario: 'program' in target ? PLAIN_PROGRAM : target.scenario.name,
    cpus: target.cpus,
  }));
  return stressBlob({ memory, wait, perturb, targets: shared }, [
    { seed, forMs, interrupted, selfTest, results: campaign.byTarget, look: lookOf(look) },
  ]);
}

function lookOf(look: ShownLook | null): StressPart['look'] {
  if (look === null) return null;
  const { variant, executions, seconds, violation, message, known, met, finding, replay } = look;
  return {
    ...{ variant, executions, seconds, violation, message, known, met },
    witness: finding === null ? null : { finding, cause: replay?.cause ?? null },
  };
}
