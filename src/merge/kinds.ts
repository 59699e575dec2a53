/** Which witnesses of several shards are of one bug, and which of them is kept. */

import type { BlobPart, BlobWitness } from '../findings/blob.js';
import { findingSubject, isProgramFinding } from '../vocabulary/finding.js';
import { renamedScenario } from './renamed-scenario.js';

/** Witnesses of one bug. */
export interface Kind {
  readonly subject: string;
  /** The best of them. */
  readonly witness: BlobWitness;
  /** Shards that met it, in ascending order. */
  readonly shards: readonly number[];
}

/** The bugs that parts met, each with its best witness, the one with the best of all first. */
export function kindsOf(parts: readonly BlobPart[]): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { shard, witness } of parts) {
    if (witness === null) continue;
    const key = keyOf(witness);
    const known = kinds.get(key);
    const best = known === undefined || isBetter(witness, known.witness) ? witness : known.witness;
    const shards = [...new Set([...(known?.shards ?? []), shard])].sort((a, b) => a - b);
    kinds.set(key, { subject: findingSubject(witness.finding).name, witness: best, shards });
  }
  return [...kinds.values()].sort((a, b) => (isBetter(a.witness, b.witness) ? -1 : 1));
}

/**
 * The same class by the same cause, in the same scenario but for the names of CPUs and pages. A witness that
 * did not replay has no cause, and is taken for another's duplicate only where it is the same execution.
 */
function keyOf({ finding, cause }: BlobWitness): string {
  const { name } = findingSubject(finding);
  const where = isProgramFinding(finding) ? null : renamedScenario(finding.scenario);
  const which = cause === null ? { execution: finding.traceHash } : { cause };
  return JSON.stringify([name, finding.violation.class, which, where]);
}

/** The shorter; of equally long ones the one that fewer executions came to; then by its hash. */
function isBetter({ finding: a }: BlobWitness, { finding: b }: BlobWitness): boolean {
  if (a.steps !== b.steps) return a.steps < b.steps;
  if (a.execution !== b.execution) return a.execution < b.execution;
  return a.traceHash < b.traceHash;
}
