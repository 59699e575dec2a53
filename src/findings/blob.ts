/**
 * A blob: what one shard of a hunt did and met, as a small versioned JSON file that `shootdown merge` adds up
 * with those of the other shards. It holds its witnesses whole, so that it needs no other file, and parts
 * that stay apart, so that what has been merged can be merged again.
 */

import type { Verdict } from '../explore/api.js';
import { InputError } from '../vocabulary/errors.js';
import { type Finding, findingSubject, type MemoryModel } from '../vocabulary/finding.js';
import { type BlobEnvelope, blobText, isOfFormat, openEnvelope } from './blob-envelope.js';
import { blobSchema } from './blob-schema.js';
import { readText } from './read.js';
import { brief, checkFinding, parseJson } from './schema.js';

export const BLOB_FORMAT = 'shootdown-blob';
export const BLOB_VERSION = 1;

export interface Blob {
  readonly format: typeof BLOB_FORMAT;
  readonly version: typeof BLOB_VERSION;
  readonly hunt: BlobHunt;
  /** What the import of a recording left out, a sentence each. */
  readonly notes: readonly string[];
  /** One per shard and subject, those of a subject together, in the order of the hunt. */
  readonly parts: readonly BlobPart[];
}

/** What shards of one hunt have in common: blobs that differ here are of two. */
export interface BlobHunt {
  /** Version of shootdown. */
  readonly shootdown: string;
  readonly memory: MemoryModel;
  readonly seed: number;
  readonly strategies: readonly string[];
  /** Names of variants and programs, in order. */
  readonly subjects: readonly string[];
  /** How many shards share the hunt; 1 for one that is not shared. */
  readonly shards: number;
}

export interface BlobPart {
  /** From 1. */
  readonly shard: number;
  readonly did: BlobVerdict;
  readonly witness: BlobWitness | null;
}

/** Of a verdict what can be added up. */
export type BlobVerdict = Pick<
  Verdict,
  | 'variant'
  | 'program'
  | 'optimisation'
  | 'executions'
  | 'steps'
  | 'seconds'
  | 'latent'
  | 'counters'
  | 'scenarios'
  | 'traceHash'
  | 'interrupted'
  | 'effect'
  | 'known'
  | 'met'
  | 'reached'
>;

export interface BlobWitness {
  readonly finding: Finding;
  /** See explain/cause.ts; null where the witness did not replay. */
  readonly cause: string | null;
}

const REMEDY = 'undo the edit, or hunt again with --reporter blob';
const ENVELOPE: BlobEnvelope<typeof blobSchema> = {
  format: BLOB_FORMAT,
  version: BLOB_VERSION,
  schema: blobSchema,
  remedy: REMEDY,
};

/** Reads a file. Throws InputError for one that is no blob. */
export function readBlob(file: string): Blob {
  const value = readBlobJson(file);
  if (!isBlob(value))
    throw new InputError(
      `${file}: not a blob ("format" is not "${BLOB_FORMAT}")`,
      'give a file that "shootdown hunt --reporter blob" wrote',
    );
  return checkBlob(value, file);
}

/** Reads a file that may be a blob. Throws InputError where it cannot be read or is no JSON. */
export function readBlobJson(file: string): unknown {
  return parseJson(readText(file, 'a blob', 'give the path of a blob'), file, 'a blob', REMEDY);
}

/** Whether a value says of itself that it is a blob of a hunt. */
export function isBlob(value: unknown): value is Readonly<Record<string, unknown>> {
  return isOfFormat(ENVELOPE, value);
}

/** Checks one that says so. Throws InputError. */
export function checkBlob(value: Readonly<Record<string, unknown>>, file: string): Blob {
  const { hunt, notes, parts } = openEnvelope(ENVELOPE, value, file);
  const checked = parts.map(({ shard, did, witness }): BlobPart => {
    const where = `${file}: shard ${shard}: ${did.variant}`;
    if (!hunt.subjects.includes(did.variant) || shard > hunt.shards)
      throw new InputError(`${where}: is no part of the hunt that the file tells of`, REMEDY);
    if (witness === null) return { shard, did, witness };
    const finding = checkFinding(witness.finding, where);
    const stranger = strangerIn(finding, did.variant, hunt);
    if (stranger !== null) throw new InputError(`${where}: the finding is of ${stranger}`, REMEDY);
    return { shard, did, witness: { finding, cause: witness.cause } };
  });
  return { format: BLOB_FORMAT, version: BLOB_VERSION, hunt, notes, parts: checked };
}

/** What tells that a finding was not met in the part of the hunt that it stands in, or null. */
function strangerIn(finding: Finding, subject: string, hunt: BlobHunt): string | null {
  const { name } = findingSubject(finding);
  if (name !== subject) return brief(name);
  if (finding.memory !== hunt.memory) return `memory model ${finding.memory}`;
  if (finding.seed !== hunt.seed) return `seed ${finding.seed}`;
  return finding.shootdown === hunt.shootdown ? null : `shootdown ${finding.shootdown}`;
}

/** Throws InfrastructureError for one that no merge would read. */
export function serializeBlob(blob: Blob): string {
  return blobText(blob, 'merge fewer, or name fewer variants with --variant');
}
