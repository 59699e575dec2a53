/**
 * Batches of one subject's hunt, each under a seed of its own, as files of a corpus: what a long search has
 * done, on the disk as soon as a batch is over. A batch is a blob with one part. Whoever begins again goes on
 * after the last file that is whole, so that an end at any moment costs the batch under way, which is then
 * done again under the same seed.
 */

import { createHash } from 'node:crypto';
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownViolation } from '../explore/known.js';
import type { Coverage, Reached, ReachedBefore } from '../explore/reach/reached.js';
import { writeError } from '../findings/atomic-file.js';
import { type Blob, type BlobPart, readBlob, serializeBlob } from '../findings/blob.js';
import { writeNew } from '../findings/new-file.js';
import { errorCode, InputError, systemReason } from '../vocabulary/errors.js';
import { findingSubject } from '../vocabulary/finding.js';
import { kindsOf } from './kinds.js';
import { totalOf } from './total.js';

/** What makes batches ones of the same search: anything else begins anew, and leaves the others alone. */
export interface BatchKey {
  readonly subject: string;
  /** A text that is another where the code or the question is. */
  readonly of: string;
}

const BATCHES_MAX = 100_000;
/** Schedules that a search keeps; pairs beyond them are counted. */
const SCHEDULES_MAX = 2_000;
const NAME = /^(\d{6})\.json$/;

export class Batches {
  private readonly directory: string;
  private readonly blobs: Blob[] = [];

  /** Reads what was done. Throws InputError for a file that is no batch, and for what cannot be read. */
  constructor(corpus: string, { subject, of }: BatchKey) {
    const hash = createHash('sha256')
      .update(JSON.stringify([subject, of]))
      .digest('hex')
      .slice(0, 16);
    this.directory = join(corpus, 'batches', hash);
    this.readOn();
  }

  /** Number of the next. */
  get count(): number {
    return this.blobs.length;
  }

  get executions(): number {
    return this.parts.reduce((sum, { did }) => sum + did.executions, 0);
  }

  /**
   * Throws InfrastructureError where it cannot be kept; of the total it is all the same. Where another run of
   * the same search was first with a batch of this number, and so of this seed, that one counts, as do all
   * that it has done since: the same executions are not counted twice.
   */
  add(blob: Blob): void {
    const at = this.blobs.length;
    const file = this.fileOf(at);
    this.blobs.push(blob);
    try {
      if (writeNew(file, Buffer.from(serializeBlob(blob), 'utf8'))) return;
    } catch (error) {
      throw writeError(error, 'the batch', file, 'give another directory with --corpus');
    }
    this.blobs.length = at;
    this.readOn();
  }

  /** Kinds of violations that were met, to be gone past. */
  get known(): KnownViolation[] {
    return knownOf(this.parts);
  }

  /** What was reached, for the next. */
  get reached(): ReachedBefore {
    const all = this.parts.flatMap(({ did }) => did.reached ?? []);
    const kept = all.reduce((sum, { schedules }) => sum + schedules.length, 0);
    return {
      scenarios: all.flatMap(({ scenarios }) => scenarios),
      ran: all.flatMap(({ ran = [] }) => ran),
      schedulesLeft: Math.max(0, SCHEDULES_MAX - kept),
    };
  }

  /** What all batches come to, and the witness that it is of; null before the first. */
  total(): { readonly verdict: ReturnType<typeof totalOf>; readonly witness: BlobPart['witness'] } | null {
    const [first] = this.blobs;
    if (first === undefined) return null;
    const [best = null] = kindsOf(this.parts);
    const verdict = totalOf(first, this.parts, best);
    const coverage = coverageOf(this.parts.map(({ did }) => did.reached));
    // Of the last one, which knew of all before it.
    const code = this.parts.findLast(({ did }) => did.reached?.code !== undefined)?.did.reached?.code;
    const told = { ...(coverage === null ? {} : { coverage }), ...(code === undefined ? {} : { code }) };
    const whole = { ...verdict, ...told };
    return { verdict: whole, witness: best?.witness ?? null };
  }

  /** Reads what was done beyond what is known. */
  private readOn(): void {
    const there = new Set(entriesOf(this.directory).map(({ name }) => name));
    while (this.blobs.length < BATCHES_MAX && there.has(nameOf(this.blobs.length)))
      this.blobs.push(readBatch(this.fileOf(this.blobs.length)));
  }

  private get parts(): BlobPart[] {
    return this.blobs.flatMap(({ parts }) => parts);
  }

  private fileOf(batch: number): string {
    return join(this.directory, nameOf(batch));
  }
}

/** Null where no batch tells. Two runs at once may each have reached a pair first. */
function coverageOf(batches: readonly (Reached | undefined)[]): Coverage | null {
  const told = batches.flatMap((reached) => reached ?? []);
  if (told.length === 0) return null;
  const keysOf = ({ scenarios }: Reached): string[] =>
    scenarios.flatMap(({ scenario, pairs }) => pairs.map((pair) => `${scenario} ${pair}`));
  return {
    pairs: new Set(told.flatMap(keysOf)).size,
    added: keysOf(told[told.length - 1]).length,
    schedules: told.reduce((sum, { schedules }) => sum + schedules.length, 0),
  };
}

const nameOf = (batch: number): string => `${String(batch).padStart(6, '0')}.json`;

/** What any search of a subject has met, whatever code it was of. Throws InputError. */
export function knownInCorpus(corpus: string, subject: string): KnownViolation[] {
  const root = join(corpus, 'batches');
  const parts = entriesOf(root)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: search }) =>
      entriesOf(join(root, search))
        .filter(({ name }) => NAME.test(name))
        .flatMap(({ name }) => readBatch(join(root, search, name)).parts),
    );
  return knownOf(parts.filter(({ did }) => did.variant === subject));
}

function knownOf(parts: readonly BlobPart[]): KnownViolation[] {
  const all = parts.flatMap(({ witness }): KnownViolation[] => {
    if (witness === null || witness.cause === null) return [];
    const { finding, cause } = witness;
    return [{ scenario: findingSubject(finding).scenario, class: finding.violation.class, cause }];
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** What is in a directory, by name; nothing where it is not there. */
function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    // A search whose files are not seen would be done again in their place.
    if (errorCode(error) === 'ENOENT') return [];
    const why = `${directory}: the corpus cannot be read: ${systemReason(error)}`;
    throw new InputError(why, 'give another directory with --corpus');
  }
}

function readBatch(file: string): Blob {
  const blob = readBlob(file);
  if (blob.parts.length === 1) return blob;
  throw new InputError(`${file}: not a batch of a corpus`, 'take it away, or give another --corpus');
}
