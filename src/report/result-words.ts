/** What came of a subject in words, be it of a hunt, which samples, or of a verification. */

import type { LatentCount } from '../explore/api.js';
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

/** Which execution a witness is; that of a verification has no number. */
export function witnessWords({ verdict, decided }: HuntResult, { execution, steps, seed }: Finding): string {
  return decided === undefined
    ? `execution ${groupDigits(execution)}, ${count(steps, 'step')}, seed ${seed}, ${verdict.memory}`
    : `${count(steps, 'step')}, ${verdict.memory}`;
}

/** `latent lost-wakeup in 3 executions`. */
export function latentWords({ decided }: HuntResult, { class: name, executions }: LatentCount): string {
  return `latent ${name} in ${decided === undefined ? count(executions, 'execution') : 'some execution'}`;
}
