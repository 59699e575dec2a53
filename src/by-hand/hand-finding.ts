import { encodeSchedule } from '../drive/schedule.js';
import { findVariant } from '../variants/index.js';
import { BY_HAND } from '../vocabulary/decided-by.js';
import { FINDING_FORMAT, FINDING_VERSION, type KernelFinding } from '../vocabulary/finding.js';
import { VERSION } from '../vocabulary/version.js';
import type { HandExecution, HandSubject } from './hand-execution.js';

/** The finding that an execution is, as a hunt would write it; null where nothing went wrong. */
export function handFinding(subject: HandSubject, execution: HandExecution): KernelFinding | null {
  const { violation, sentence, latent, steps, traceHash, decisions } = execution;
  if (violation === null) return null;
  const { variant, scenario, memory } = subject;
  return {
    ...{ format: FINDING_FORMAT, version: FINDING_VERSION, shootdown: VERSION },
    ...{ variant: findVariant(variant)?.name ?? variant, scenario, memory },
    ...{ strategy: BY_HAND, seed: 0, execution: 0, schedule: encodeSchedule(decisions), steps },
    violation: { ...violation, message: sentence ?? violation.message },
    ...{ latent, traceHash },
  };
}
