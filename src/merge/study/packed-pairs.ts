/**
 * What pairs of executions have counted, packed: some sixty numbers a pair, nearly all of them small, which
 * as JSON would be more than a blob may hold.
 */

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { PairedCounts, PairedSample } from '../../study/paired-counts.js';
import { COUNTERS } from '../../vocabulary/counter-names.js';
import { InputError } from '../../vocabulary/errors.js';

export interface PackedPairs extends Omit<PairedCounts, 'samples'> {
  readonly samples: readonly PackedSample[];
}

/**
 * `counts` and `apart`: doubles, lowest byte first, all pairs' of a counter together, as they are much alike;
 * deflated, in base64.
 */
export type PackedSample = Pick<PairedSample, 'scenario' | 'pairs'> & {
  readonly counts: string;
  readonly apart: string;
};

/** Numbers that a pair has counted. */
const WIDTH = 2 * COUNTERS.length;
/**
 * Some four seeds of the largest study as it is planned. With what is unpacked at a time, at most half as
 * much, no file costs more than any may (docs/threats.md).
 */
const BYTES_MAX = 3 * 2 ** 26;

export function packPairs(pairs: PairedCounts): PackedPairs {
  const samples = pairs.samples.map((sample) => ({
    ...{ scenario: sample.scenario, pairs: sample.pairs },
    ...{ counts: packed(sample.counts), apart: packed(sample.apart) },
  }));
  return { ...pairs, samples };
}

function packed(values: Float64Array): string {
  const bytes = Buffer.alloc(values.length * 8);
  const pairs = values.length / WIDTH;
  for (const [index, value] of values.entries()) {
    const [pair, counter] = [Math.floor(index / WIDTH), index % WIDTH];
    bytes.writeDoubleLE(value, 8 * (counter * pairs + pair));
  }
  return deflateRawSync(bytes).toString('base64');
}

/** Unpacks the pairs of one merge, as long as they have room: a few bytes can say that they are gigabytes. */
export class Unpacking {
  private bytes = 0;

  /** `where`: for messages. Throws InputError for what is no such text, or too much of it. */
  unpack(pairs: PackedPairs, where: string): PairedCounts {
    const samples = pairs.samples.map(({ scenario, pairs: count, counts, apart }) => ({
      ...{ scenario, pairs: count },
      ...{ counts: this.values(counts, count, where), apart: this.values(apart, count, where) },
    }));
    if (samples.reduce((sum, sample) => sum + sample.pairs, 0) !== pairs.pairs) throw unreadable(where);
    return { ...pairs, samples };
  }

  private values(text: string, pairs: number, where: string): Float64Array {
    const length = pairs * WIDTH * 8;
    this.bytes += length;
    if (this.bytes > BYTES_MAX)
      throw new InputError(
        `${where}: the pairs of all blobs are more than a merge has room for (${BYTES_MAX} bytes)`,
        'merge fewer',
      );
    const bytes = inflated(text, length);
    if (bytes?.length !== length) throw unreadable(where);
    const values = new Float64Array(length / 8);
    let at = 0;
    for (let counter = 0; counter < WIDTH; counter++)
      for (let pair = 0; pair < pairs; pair++, at += 8) {
        const value = bytes.readDoubleLE(at);
        if (!Number.isFinite(value) || value < 0) throw unreadable(where);
        values[pair * WIDTH + counter] = value;
      }
    return values;
  }
}

function unreadable(where: string): InputError {
  return new InputError(
    `${where}: what its pairs have counted cannot be read`,
    'undo the edit, or run the study again with --reporter blob',
  );
}

function inflated(text: string, length: number): Buffer | null {
  if (length === 0) return Buffer.alloc(0);
  try {
    return inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: length });
  } catch {
    return null;
  }
}
