/** What came of a subject in words, be it of a hunt, which samples, or of a verification. */

import type { LatentCount } from '../explore/api.js';
import { isNumbered } from '../vocabulary/decided-by.js';
import type { Finding } from '../vocabulary/finding.js';
import type { HuntResult } from './reporters/hunt-report.js';
import { count, groupDigits } from './text-columns.js';
import { verdictWords } from './verdict-table.js';

export const SAMPLE = 'a sample, not a proof';

/** The violation's class, or how far there was none. */
export function resultWords({ verdict, decided }: HuntResult): string {
  return decided?.short ?? verdictWords(verdict);
}

/** The same for a line of its own. */
export function resultLine(result: HuntResult): string {
  const { verdict, decided } = result;
  return decided?.whole ?? `${verdict.variant}: ${verdictWords(verdict)}; ${SAMPLE}`;
}

/** Whether any of them is a sample. */
export function areSamples(results: readonly HuntResult[]): boolean {
  return results.some(({ decided }) => decided === undefined);
}

/** Which execution a witness is. */
export function witnessWords(finding: Finding): string {
  const { execution, steps, seed, memory } = finding;
  return isNumbered(finding)
    ? `execution ${groupDigits(execution)}, ${count(steps, 'step')}, seed ${seed}, ${memory}`
    : `${count(steps, 'step')}, ${memory}`;
}

/** `latent lost-wakeup in 3 executions`. */
export function latentWords({ decided }: HuntResult, { class: name, executions }: LatentCount): string {
  return `latent ${name} in ${decided === undefined ? count(executions, 'execution') : 'some execution'}`;
}
