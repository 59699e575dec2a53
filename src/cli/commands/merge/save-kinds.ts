/** Witnesses of blobs: executed again where that runs nobody's files, and saved. */

import type { BlobWitness } from '../../../findings/blob.js';
import type { Keeper } from '../../../findings/keeper.js';
import type { Kind } from '../../../merge/kinds.js';
import type { MergedFinding, Witness } from '../../../report/reporters/hunt-report.js';
import { replayCommand } from '../../../report/witness-words.js';
import { findingSubject } from '../../../vocabulary/finding.js';
import type { CliContext } from '../../command-context.js';
import type { ReplayResult } from '../../engine-api.js';

/** A finding file for each kind. */
export function saveKinds(kinds: readonly Kind[], keeper: Keeper): MergedFinding[] {
  return kinds.map(({ subject, shards, witness: { finding, cause } }) => ({
    variant: subject,
    class: finding.violation.class,
    scenario: findingSubject(finding).scenario,
    cause,
    steps: finding.steps,
    shards,
    finding: keeper.keep(finding),
  }));
}

/**
 * The witness, seen again; null for one of users' modules. Those are not run: a blob comes from another
 * machine, and `replay` asks before it runs what a file names.
 */
export async function seenAgain(
  { engine }: CliContext,
  { finding }: BlobWitness,
): Promise<ReplayResult | null> {
  if ((finding.modules ?? []).length > 0 || 'program' in finding) return null;
  return (await engine.findVariant(finding.variant)) === null ? null : engine.replay(finding);
}

/** What a report shows of it. */
export function shownWitness(
  { finding, cause }: BlobWitness,
  replay: ReplayResult | null,
  file: string | null,
): Witness {
  return {
    finding,
    trace: replay?.reproduced ? replay.trace : [],
    cause,
    replay: file === null ? null : replayCommand(file, finding),
    ...(replay?.reproduced ? { execution: replay } : {}),
  };
}
