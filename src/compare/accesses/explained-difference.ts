import type { AccessDifference } from './tally.js';

/** A difference between C text and the transcription that nobody can tell, and why. */
export interface Explained {
  /** Accesses, as they are named. */
  readonly names: readonly string[];
  /** In which functions; absent: in all. */
  readonly functions?: readonly string[];
  readonly kinds?: readonly AccessDifference['kind'][];
  /** Of what moved: past nothing but these. */
  readonly past?: readonly string[];
  /** Only where the function has such a difference of every one of the names: one alone is drift. */
  readonly together?: true;
  /** Only where the function has a difference of this name too. */
  readonly beside?: string;
  /** Only where the C text has nothing to do with this word, in any function. */
  readonly without?: string;
  readonly why: string;
}

export const reads = (...words: readonly string[]): string[] => words.map((word) => `READ_ONCE ${word}`);
export const stores = (...words: readonly string[]): string[] => words.map((word) => `WRITE_ONCE ${word}`);
