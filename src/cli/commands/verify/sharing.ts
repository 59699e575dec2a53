/** `verify --shard I/N --reporter blob`: one of several that share an exploration, and what it leaves. */

import type { Shard } from '../../../explore/shard.js';
import type { Subject } from '../../../programs/subject.js';
import {
  type SharedSubject,
  serializeVerifyBlob,
  type VerifyPart,
  verifyBlob,
} from '../../../verify/shards/blob.js';
import { InputError } from '../../../vocabulary/errors.js';
import { type MemoryModel, PLAIN_PROGRAM } from '../../../vocabulary/finding.js';
import type { CliContext } from '../../command-context.js';
import { flag, type Given } from '../../options.js';
import { chooseShard, shardFlag } from '../hunt/shard.js';
import { OWN_REPORTING } from '../own-reports.js';

export const SHARING = {
  shard: flag(
    '--shard <I/N>',
    'explore shard I of N only, as one of several that share the work; auto or auto/N ask the environment',
    () => shardFlag,
  ),
  ...OWN_REPORTING,
};

type SharingFlags = Given<typeof SHARING> & { readonly reduce: boolean };

/** Whose share this is; undefined: all is explored, and nobody is told. Throws InputError. */
export function chosenShard(context: CliContext, flags: SharingFlags): Shard | undefined {
  const { reduce } = flags;
  const hasBlob = flags.reporter?.some(({ name }) => name === 'blob') === true;
  // An environment that nobody has named counts for no more than one that is not there.
  const shard = flags.shard === undefined ? undefined : chooseShard(flags.shard, context.io.env).shard;
  if (reduce && shard !== undefined && shard.of > 1)
    throw new InputError(
      '--reduce: which steps are executed at once is found out on the way, so shards would share out ' +
        'different states',
      'give one of --reduce and --shard',
    );
  return shard ?? (hasBlob ? { index: 1, of: 1 } : undefined);
}

/** What the shard leaves for a merge. */
export function blobText(
  subjects: readonly Subject[],
  parts: readonly VerifyPart[],
  shard: Shard | undefined,
  flags: { readonly memory: MemoryModel; readonly preemptionsOfCpus: number | undefined },
): string {
  const { memory, preemptionsOfCpus: switches = null } = flags;
  const search = { memory, switches, shards: shard?.of ?? 1, subjects: subjects.map(sharedSubject) };
  return serializeVerifyBlob(verifyBlob(search, parts));
}

function sharedSubject(subject: Subject): SharedSubject {
  return 'program' in subject
    ? { variant: subject.program, program: true, scenario: PLAIN_PROGRAM }
    : { variant: subject.variant, program: false, scenario: subject.scenario.name };
}
