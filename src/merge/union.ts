/**
 * Blobs of one hunt together. The parts stay apart, and a part that stands in several blobs is one part, so
 * that it does not matter in which order, in which groups or how often blobs are merged.
 */

import type { Blob, BlobHunt, BlobPart } from '../findings/blob.js';
import { requireOneOrigin } from '../findings/blob-envelope.js';
import { InputError } from '../vocabulary/errors.js';

/** A blob, and the file that it was read from, for errors. */
export interface NamedBlob {
  readonly file: string;
  readonly blob: Blob;
}

/**
 * All parts, each once. Of a shard that was run twice the run that got further counts: executions are
 * numbered, and it has done all that the other has. Throws InputError for blobs of two hunts, and for two
 * runs of one shard that did not do the same.
 */
export function unionOf(blobs: readonly NamedBlob[]): Blob {
  const [first, ...others] = blobs;
  for (const { file, blob } of others)
    requireOneOrigin(
      HUNT_FIELDS,
      { file: first.file, of: first.blob.hunt },
      { file, of: blob.hunt },
      'hunts',
    );
  const parts = new Map<string, { readonly part: BlobPart; readonly file: string }>();
  for (const { file, blob } of blobs)
    for (const part of blob.parts) {
      const key = JSON.stringify([part.shard, part.did.variant]);
      const known = parts.get(key);
      if (known !== undefined) requireSameRun(known, { part, file });
      if (known === undefined || isFurther(part, known.part)) parts.set(key, { part, file });
    }
  const { format, version, hunt } = first.blob;
  const places = new Map(hunt.subjects.map((subject, index) => [subject, index]));
  const rank = ({ did, shard }: BlobPart) => (places.get(did.variant) ?? 0) * hunt.shards + shard;
  return {
    ...{ format, version, hunt },
    notes: [...new Set(blobs.flatMap(({ blob }) => blob.notes))].sort(byUnits),
    parts: [...parts.values()].map(({ part }) => part).sort((a, b) => rank(a) - rank(b)),
  };
}

/** Shards of the hunt that no part is of, for each subject that has any missing, in order. */
export function missingShards({ hunt, parts }: Blob): { subject: string; shards: number[] }[] {
  return hunt.subjects.flatMap((subject) => {
    const seen = new Set(parts.flatMap(({ did, shard }) => (did.variant === subject ? [shard] : [])));
    const shards = Array.from({ length: hunt.shards }, (_, index) => index + 1).filter((n) => !seen.has(n));
    return shards.length === 0 ? [] : [{ subject, shards }];
  });
}

const HUNT_FIELDS = {
  shootdown: 'shootdown',
  memory: 'memory model',
  seed: 'seed',
  strategies: 'strategies',
  subjects: 'variants',
  shards: 'number of shards',
} as const satisfies Record<keyof BlobHunt, string>;

function requireSameRun(
  one: { part: BlobPart; file: string },
  other: { part: BlobPart; file: string },
): void {
  const [here, there] = [one.part.did, other.part.did];
  if (here.executions !== there.executions || here.traceHash === there.traceHash) return;
  throw new InputError(
    `${one.file} and ${other.file}: ${here.variant}, shard ${one.part.shard}: the same executions came out ` +
      'differently, so they are not of the same code',
    'merge those of one',
  );
}

/** A total order, so that it does not matter which of two comes first. */
function isFurther(part: BlobPart, known: BlobPart): boolean {
  const [a, b] = [part.did, known.did];
  if (a.executions !== b.executions) return a.executions > b.executions;
  if (a.seconds !== b.seconds) return a.seconds < b.seconds;
  return JSON.stringify(part) < JSON.stringify(known);
}

/** By UTF-16 units, the same everywhere. */
function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
