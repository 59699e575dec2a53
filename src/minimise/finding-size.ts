import { decodeSchedule } from '../drive/schedule.js';
import { type Finding, findingSubject, isProgramFinding } from '../vocabulary/finding.js';

/** What there is to read in a finding. */
export interface FindingSize {
  readonly cpus: number;
  /** Of all scripts; null of a plain program, whose scripts are code. */
  readonly operations: number | null;
  readonly steps: number;
  /** How often another agent goes on than the one before. */
  readonly switches: number;
}

export function sizeOf(finding: Finding): FindingSize {
  const agents = Array.from(decodeSchedule(finding.schedule)).filter((decision) => decision >= 0);
  return {
    cpus: findingSubject(finding).cpus,
    operations: isProgramFinding(finding)
      ? null
      : finding.scenario.scripts.reduce((sum, { length }) => sum + length, 0),
    steps: finding.steps,
    switches: agents.filter((agent, i) => i > 0 && agent !== agents[i - 1]).length,
  };
}
