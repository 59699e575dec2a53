/** Which witnesses of several shards are of one bug, and which of them is kept. */

import type { BlobPart, BlobWitness } from '../findings/blob.js';
import { findingSubject, isProgramFinding } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { renamedScenario } from './renamed-scenario.js';

/** Witnesses of one bug. */
export interface Kind {
  readonly subject: string;
  /** The best of them. */
  readonly witness: BlobWitness;
  /** Shards that met it, in ascending order. */
  readonly shards: readonly number[];
}

/**
 * Characters of scenarios that are laid out in all orders of their CPUs, to see which are the same: a hunt's
 * witnesses need some thousands. Those beyond are compared as they are.
 */
const RENAMED_MAX = 100_000_000;

/** What is left of {@link RENAMED_MAX} to the subjects of one merge. */
export class Renaming {
  private left = RENAMED_MAX;

  nameOf(scenario: Scenario): string {
    const { text, laidOut } = renamedScenario(scenario, this.left);
    this.left -= laidOut;
    return text;
  }
}

type WitnessedPart = Pick<BlobPart, 'shard' | 'witness'>;

/** The bugs that parts met, each with its best witness, the one with the best of all first. */
export function kindsOf(parts: readonly WitnessedPart[], renaming = new Renaming()): Kind[] {
  const kinds = new Map<string, { best: BlobWitness; readonly shards: Set<number> }>();
  for (const { shard, witness } of parts) {
    if (witness === null) continue;
    const key = keyOf(witness, renaming);
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { best: witness, shards: new Set([shard]) });
    else {
      known.shards.add(shard);
      if (isBetter(witness, known.best)) known.best = witness;
    }
  }
  return [...kinds.values()]
    .map(({ best, shards }) => ({
      subject: findingSubject(best.finding).name,
      witness: best,
      shards: [...shards].sort((a, b) => a - b),
    }))
    .sort((a, b) => (isBetter(a.witness, b.witness) ? -1 : 1));
}

/**
 * The same class by the same cause, in the same scenario but for the names of CPUs and pages. A witness that
 * did not replay has no cause, and is taken for another's duplicate only where it is the same execution.
 */
function keyOf({ finding, cause }: BlobWitness, renaming: Renaming): string {
  const { name } = findingSubject(finding);
  const where = isProgramFinding(finding) ? null : renaming.nameOf(finding.scenario);
  const which = cause === null ? { execution: finding.traceHash } : { cause };
  return JSON.stringify([name, finding.violation.class, which, where]);
}

/** The shorter; of equally long ones the one that fewer executions came to; then by its hash. */
function isBetter({ finding: a }: BlobWitness, { finding: b }: BlobWitness): boolean {
  if (a.steps !== b.steps) return a.steps < b.steps;
  if (a.execution !== b.execution) return a.execution < b.execution;
  return a.traceHash < b.traceHash;
}
