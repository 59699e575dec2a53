/**
 * What one shard of a verification has looked at, as a small versioned JSON file that `shootdown merge` puts
 * together with those of the other shards.
 */

import { type BlobEnvelope, blobText, isOfFormat, openEnvelope } from '../../findings/blob-envelope.js';
import { checkFinding } from '../../findings/schema.js';
import { InputError } from '../../vocabulary/errors.js';
import { type Finding, findingSubject, type MemoryModel } from '../../vocabulary/finding.js';
import { VERSION } from '../../vocabulary/version.js';
import type { VerifyShard, VerifyVerdict } from '../api.js';
import { verifyBlobSchema } from './blob-schema.js';
import { ownOf } from './split.js';

const VERIFY_BLOB_FORMAT = 'shootdown-verify-blob';
const VERIFY_BLOB_VERSION = 1;

export interface VerifyBlob {
  readonly format: typeof VERIFY_BLOB_FORMAT;
  readonly version: typeof VERIFY_BLOB_VERSION;
  readonly search: SharedSearch;
  /** One per shard and subject, those of a subject together, in the order of the search. */
  readonly parts: readonly VerifyPart[];
}

/** What shards of one verification have in common: blobs that differ here are of two. */
export interface SharedSearch {
  /** Version of shootdown. */
  readonly shootdown: string;
  readonly memory: MemoryModel;
  /** `--preemptions-of-cpus`; null: all executions. */
  readonly switches: number | null;
  readonly shards: number;
  /** Programs and scenarios, in order. */
  readonly subjects: readonly SharedSubject[];
}

export type SharedSubject = Pick<VerifyVerdict, 'variant' | 'program' | 'scenario'>;

/** What a shard has looked at of a subject; its finding has no file. */
export interface VerifyPart {
  readonly verdict: PartVerdict;
  readonly witness: Finding | null;
}

export interface PartVerdict extends Omit<VerifyVerdict, 'merged' | 'finding'> {
  readonly finding: null;
  readonly shard: VerifyShard;
}

/** Tells a subject from every other. */
export function subjectKey({ variant, program, scenario }: SharedSubject): string {
  return JSON.stringify([variant, program, scenario]);
}

export function verifyBlob(
  search: Omit<SharedSearch, 'shootdown'>,
  parts: readonly VerifyPart[],
): VerifyBlob {
  return {
    format: VERIFY_BLOB_FORMAT,
    version: VERIFY_BLOB_VERSION,
    search: { shootdown: VERSION, ...search },
    parts,
  };
}

/** Throws InfrastructureError for one that no merge would read. */
export function serializeVerifyBlob(blob: VerifyBlob): string {
  return blobText(blob, 'merge fewer, or name fewer scenarios with --scenario');
}

const REMEDY = 'undo the edit, or verify again with --reporter blob';
const ENVELOPE: BlobEnvelope<typeof verifyBlobSchema> = {
  format: VERIFY_BLOB_FORMAT,
  version: VERIFY_BLOB_VERSION,
  schema: verifyBlobSchema,
  remedy: REMEDY,
};

/** Whether a value says of itself that it is one. */
export function isVerifyBlob(value: unknown): value is Readonly<Record<string, unknown>> {
  return isOfFormat(ENVELOPE, value);
}

/** Checks one that says so. Throws InputError. */
export function checkVerifyBlob(value: Readonly<Record<string, unknown>>, file: string): VerifyBlob {
  const { search, parts } = openEnvelope(ENVELOPE, value, file);
  const subjects = new Set(search.subjects.map(subjectKey));
  const checked = parts.map(({ verdict, witness }): VerifyPart => {
    const { index, of, split } = verdict.shard;
    const where = `${file}: shard ${index}: ${verdict.variant}`;
    if (!subjects.has(subjectKey(verdict)) || index > of || of !== search.shards)
      throw new InputError(`${where}: is no part of the verification that the file tells of`, REMEDY);
    if (verdict.memory !== search.memory)
      throw new InputError(`${where}: is of the memory model ${verdict.memory}`, REMEDY);
    if (split !== null && split.own !== ownOf({ index, of }, split.states))
      throw new InputError(
        `${where}: has gone on from ${split.own} of ${split.states} states, and its part is ` +
          `${ownOf({ index, of }, split.states)}`,
        REMEDY,
      );
    const finding = witness === null ? null : checkFinding(witness, where);
    const said = finding === null ? null : { ...findingSubject(finding), class: finding.violation.class };
    if ((said?.class ?? null) !== verdict.violation || (said !== null && said.name !== verdict.variant))
      throw new InputError(`${where}: the finding is not of its verdict`, REMEDY);
    return { verdict, witness: finding };
  });
  return verifyBlob(search, checked);
}
