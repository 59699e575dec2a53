import type { Verdict } from '../explore/api.js';
import type { MetViolation } from '../explore/known.js';
import { changedNothing as verdictChangedNothing } from '../report/effect-words.js';
import type { Differences } from '../study/difference.js';
import type { Finding } from '../vocabulary/finding.js';
import type { ViolationClass } from '../vocabulary/violation.js';

/** What two variants say beside each other. */
export interface Comparison {
  /** Names of the variants. */
  readonly base: string;
  readonly patch: string;
  /** The base's, then the patch's; fewer where Ctrl-C came first. */
  readonly outcomes: readonly ComparedOutcome[];
  /** The patch has a violation that the base has not: one that its hunt met, or a known witness. */
  readonly isNew: boolean;
  /** Kinds of violation that both have, as the patch's hunt met them. */
  readonly shared: readonly MetViolation[];
  /** Kinds that the base's hunt met and the patch's did not. */
  readonly gone: readonly MetViolation[];
  /** By name, in the order of printing; none where nothing was counted. */
  readonly counters: Readonly<Record<string, Differences>>;
  /** Pairs of executions that they come from, and how many intervals hold together. */
  readonly pairs: number;
  /** Pairs in which the patch executed anything otherwise than the base. */
  readonly otherwise: number;
  readonly comparisons: number;
  readonly interrupted: boolean;
}

export interface ComparedOutcome {
  readonly verdict: Verdict;
  readonly finding: Finding | null;
  /** A witness that travels with the package, whatever this hunt met. */
  readonly witness: KnownWitnessOf | null;
}

export interface KnownWitnessOf {
  readonly class: ViolationClass;
  readonly scenario: string;
  /** Path of the finding file. */
  readonly file: string;
}

/**
 * The patch did what the base does: in every pair it executed the same, or nothing that it changes of what it
 * was made from did otherwise in its hunt.
 */
export function changedNothing({ outcomes, pairs, otherwise }: Comparison): boolean {
  const verdict = outcomes[1]?.verdict;
  return (pairs > 0 && otherwise === 0) || (verdict !== undefined && verdictChangedNothing(verdict));
}
