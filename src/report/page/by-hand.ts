import { type Finding, isProgramFinding } from '../../vocabulary/finding.js';
import type { ByHandDocument } from './document.js';

/**
 * What of a finding the page can execute: the engine in it knows what the project brings, and runs nothing
 * that a finding names beside that.
 */
export function byHandOf(finding: Finding): ByHandDocument {
  if (isProgramFinding(finding) || finding.modules !== undefined)
    return { why: OTHERS('a module of its own') };
  if (finding.kernelSource !== undefined) return { why: OTHERS("a kernel's C text") };
  const { variant, scenario, memory, schedule } = finding;
  return { subject: { variant, scenario, memory }, schedule };
}

const OTHERS = (what: string): string =>
  `Steps cannot be changed here: it is of ${what}, which this page does not have and does not run.`;
