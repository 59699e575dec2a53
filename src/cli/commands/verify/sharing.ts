/** `verify --shard I/N --reporter blob`: one of several that share an exploration, and what it leaves. */

import type { Shard } from '../../../explore/shard.js';
import { replaceFile, writeError } from '../../../findings/atomic-file.js';
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
import { path } from '../../flag-values.js';
import { printLine } from '../../io.js';
import { flag, type Given } from '../../options.js';
import type { NamedFile } from '../hunt/distinct-files.js';
import { chooseShard, shardFlag } from '../hunt/shard.js';
import { pageFiles, pageReporting, wantsPage } from '../report-directory.js';

export const SHARING = {
  shard: flag(
    '--shard <I/N>',
    'explore shard I of N only, as one of several that share the work; auto or auto/N ask the environment',
    () => shardFlag,
  ),
  ...pageReporting(['blob']),
  reporterFile: flag('--reporter-file <file>', 'write the blob there', path),
};

type SharingFlags = Given<typeof SHARING> & { readonly json: boolean; readonly reduce: boolean };

/** Whose share this is; undefined: all is explored, and nobody is told. Throws InputError. */
export function chosenShard(context: CliContext, flags: SharingFlags): Shard | undefined {
  const { reporterFile, json, reduce } = flags;
  const hasBlob = flags.reporter?.includes('blob') === true;
  if (reporterFile !== undefined && !hasBlob)
    throw new InputError('--reporter-file: no report is named for it', 'give --reporter blob');
  if (hasBlob && json && reporterFile === undefined)
    throw new InputError(
      '--reporter: json and blob are each one document',
      'give the blob a file with --reporter-file',
    );
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

/** Whether the blob has stdout for itself. */
export function isBlobAlone({ reporter, reporterFile }: SharingFlags): boolean {
  return reporter?.includes('blob') === true && reporterFile === undefined;
}

export function filesOf(flags: SharingFlags & { readonly reportDir: string }): NamedFile[] {
  const { reporterFile } = flags;
  return [
    ...(wantsPage(flags) ? pageFiles(flags.reportDir) : []),
    ...(reporterFile === undefined ? [] : [{ flag: '--reporter-file', path: reporterFile }]),
  ];
}

/** Where it is asked for. Throws InfrastructureError where it cannot be written. */
export function saveBlob(
  { io }: CliContext,
  subjects: readonly Subject[],
  parts: readonly VerifyPart[],
  shard: Shard | undefined,
  flags: SharingFlags & { readonly memory: MemoryModel; readonly preemptionsOfCpus: number | undefined },
): void {
  if (flags.reporter?.includes('blob') !== true || shard === undefined) return;
  const { memory, preemptionsOfCpus: switches = null, reporterFile: file } = flags;
  const search = { memory, switches, shards: shard.of, subjects: subjects.map(sharedSubject) };
  const text = serializeVerifyBlob(verifyBlob(search, parts));
  if (file === undefined) {
    printLine(io.stdout, text);
    return;
  }
  try {
    replaceFile(file, `${text}\n`);
  } catch (error) {
    throw writeError(error, 'the report', file, 'give another path with --reporter-file');
  }
}

function sharedSubject(subject: Subject): SharedSubject {
  return 'program' in subject
    ? { variant: subject.program, program: true, scenario: PLAIN_PROGRAM }
    : { variant: subject.variant, program: false, scenario: subject.scenario.name };
}
