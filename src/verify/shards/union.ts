/**
 * Blobs of one verification together. The parts stay apart, and a part that stands in several blobs is one
 * part, so that it does not matter in which order, in which groups or how often blobs are merged.
 */

import { requireOneOrigin } from '../../findings/blob-envelope.js';
import { InputError } from '../../vocabulary/errors.js';
import {
  type PartVerdict,
  type SharedSearch,
  subjectKey,
  type VerifyBlob,
  type VerifyPart,
  verifyBlob,
} from './blob.js';

/** A blob, and the file that it was read from, for errors. */
export interface NamedVerifyBlob {
  readonly file: string;
  readonly blob: VerifyBlob;
}

interface NamedPart {
  readonly file: string;
  readonly part: VerifyPart;
}

/**
 * All parts, each once; of a shard that was run twice, by the run that got further. Throws InputError for
 * blobs of two verifications, and for parts that were not searched by the same code.
 */
export function unionOfVerifyBlobs(blobs: readonly NamedVerifyBlob[]): VerifyBlob {
  const [first, ...others] = blobs;
  for (const { file, blob } of others)
    requireOneOrigin(
      FIELDS,
      { file: first.file, of: first.blob.search },
      { file, of: blob.search },
      'verifications',
    );
  const parts = new Map<string, NamedPart>();
  const decided = new Map<string, NamedPart>();
  for (const { file, blob } of blobs)
    for (const part of blob.parts) {
      const named = { file, part };
      const subject = subjectKey(part.verdict);
      const before = decided.get(subject);
      if (tells(part.verdict)) {
        if (before === undefined) decided.set(subject, named);
        else requireSameSplit(before, named);
      }
      const key = JSON.stringify([part.verdict.shard.index, subject]);
      const known = parts.get(key);
      if (known !== undefined) requireSameEnd(known, named);
      if (known === undefined || isFurther(part, known.part)) parts.set(key, named);
    }
  const { search } = first.blob;
  const places = new Map(search.subjects.map((subject, index) => [subjectKey(subject), index]));
  const rank = ({ verdict }: VerifyPart): number =>
    (places.get(subjectKey(verdict)) ?? 0) * search.shards + verdict.shard.index;
  return verifyBlob(
    search,
    [...parts.values()].map(({ part }) => part).sort((a, b) => rank(a) - rank(b)),
  );
}

const FIELDS = {
  shootdown: 'shootdown',
  memory: 'memory model',
  switches: '--preemptions-of-cpus',
  shards: 'number of shards',
  subjects: 'programs or scenarios',
} as const satisfies Record<keyof SharedSearch, string>;

/** Whether it came as far as to share out, or to the end. */
function tells({ shard, complete, violation }: PartVerdict): boolean {
  return shard.split !== null || complete || shard.complete || violation !== null;
}

/** All shards explore the same up to where they part. */
function requireSameSplit(one: NamedPart, other: NamedPart): void {
  const [here, there] = [one, other].map(({ part }) => part.verdict);
  const [a, b] = [here, there].map(({ shard, states, transitions }) =>
    shard.split === null
      ? [states, transitions]
      : [shard.split.depth, shard.split.before, shard.split.states, shard.split.hash],
  );
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  throw new InputError(
    `${one.file} and ${other.file}: ${here.variant} in ${here.scenario}: the shards did not share out the ` +
      'same states, so they are not of the same code',
    'merge those of one',
  );
}

/** A part that was searched to its end twice was found the same both times. */
function requireSameEnd(one: NamedPart, other: NamedPart): void {
  const [here, there] = [one, other].map(({ part }) => part.verdict);
  if (here.ended !== null || there.ended !== null) return;
  const [a, b] = [here, there].map(({ shard, violation, message, depth, states, transitions }) =>
    JSON.stringify([violation, message, depth, states, transitions, shard.complete]),
  );
  if (a === b) return;
  throw new InputError(
    `${one.file} and ${other.file}: ${here.variant} in ${here.scenario}, shard ${here.shard.index}: the ` +
      'same part came out differently, so they are not of the same code',
    'merge those of one',
  );
}

/** A total order, so that it does not matter which of two comes first. */
function isFurther(part: VerifyPart, known: VerifyPart): boolean {
  const [a, b] = [part.verdict, known.verdict];
  const isEnded = (verdict: PartVerdict): boolean => verdict.ended === null;
  if (isEnded(a) !== isEnded(b)) return isEnded(a);
  if (a.expanded !== b.expanded) return a.expanded > b.expanded;
  if (a.seconds !== b.seconds) return a.seconds < b.seconds;
  return JSON.stringify(part) < JSON.stringify(known);
}
