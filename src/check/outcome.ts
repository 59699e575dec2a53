/** What a comparison of the recording with the model came to. */
import type { Kind } from './kinds.js';

/**
 * `raced`: the kernel's value is that of another order which the recording allows. `learnt`: a first sight,
 * there was nothing to compare with yet. `contradicted`: what the recording says elsewhere cannot be so
 * either; it is not the kernel that is found to differ.
 */
export type Verdict = 'agreed' | 'raced' | 'disagreed' | 'learnt' | 'contradicted';

export interface Outcome {
  readonly kind: Kind;
  readonly verdict: Verdict;
  /** 1-based line of the file; 0 where the verdict needs none. */
  readonly line: number;
  readonly kernel: string;
  readonly model: string;
}

export const agreed = (kind: Kind): Outcome => ({ kind, verdict: 'agreed', line: 0, kernel: '', model: '' });
export const learnt = (kind: Kind): Outcome => ({ kind, verdict: 'learnt', line: 0, kernel: '', model: '' });

export function contradicts(kind: Kind, line: number, kernel: string, model: string): Outcome {
  return { kind, verdict: 'contradicted', line, kernel, model };
}

export function differs(kind: Kind, line: number, kernel: string, model: string, raced: boolean): Outcome {
  return { kind, verdict: raced ? 'raced' : 'disagreed', line, kernel, model };
}
