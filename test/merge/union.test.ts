import { describe, expect, it } from 'vitest';
import type { Random } from '../../src/explore/random.js';
import type { Blob, BlobPart } from '../../src/findings/blob.js';
import { missingShards, unionOf } from '../../src/merge/union.js';
import { expectUnionsAlike } from './in-any-order.js';
import { sampleBlob, samplePart, withWitness } from './sample-blobs.js';

const named = (...blobs: Blob[]) => blobs.map((blob, index) => ({ file: `${index}.json`, blob }));
const union = (...blobs: Blob[]) => unionOf(named(...blobs));

describe('blobs of one hunt together', () => {
  it('are the same in every order and grouping, however often each is there', () => {
    expectUnionsAlike(300, blobAt, union);
  });

  it('count a shard that was run twice once, by the run that got further', () => {
    const short = samplePart(2, { executions: 10, traceHash: '00000001' });
    const long = samplePart(2, { executions: 25, traceHash: '00000002' });
    expect(union(sampleBlob([long]), sampleBlob([short])).parts).toEqual([long]);
  });

  it('are refused where a shard came out differently', () => {
    const one = sampleBlob([samplePart(2, { traceHash: '00000001' })]);
    const other = sampleBlob([samplePart(2, { traceHash: '00000002' })]);
    expect(() => union(one, other)).toThrow(
      '0.json and 1.json: b1, shard 2: the same executions came out differently',
    );
  });

  it.each([
    [{ seed: 2 }, 'seed 1, and 2'],
    [{ memory: 'sc' }, 'memory model tso, and sc'],
    [{ shootdown: '0.2.0' }, 'shootdown 0.1.0, and 0.2.0'],
    [{ strategies: ['pct', 'delay'] }, 'strategies random, and pct, delay'],
    [{ subjects: ['b1'] }, 'variants b1, b1-fixed, and b1'],
    [{ shards: 8 }, 'number of shards 4, and 8'],
  ] as const)('are refused where they are of two hunts: %o', (change, words) => {
    expect(() => union(sampleBlob([]), sampleBlob([], change))).toThrow(
      `0.json and 1.json are of two hunts: ${words}`,
    );
  });

  it('say which shards are missing', () => {
    const blob = union(sampleBlob([samplePart(1), samplePart(4)]), sampleBlob([samplePart(2)]));
    expect(missingShards(blob)).toEqual([
      { subject: 'b1', shards: [3] },
      { subject: 'b1-fixed', shards: [1, 2, 3, 4] },
    ]);
  });
});

/** Some shards of some subjects; what a shard did follows from how far it got. */
function blobAt(random: Random): Blob {
  const parts: BlobPart[] = [];
  for (const variant of ['b1', 'b1-fixed'])
    for (let shard = 1; shard <= 4; shard++) {
      if (random.below(2) === 0) continue;
      const executions = random.below(3);
      const part = samplePart(shard, { variant, executions, seconds: random.below(2) });
      parts.push(random.below(2) === 0 ? part : withWitness(part, { variant, steps: random.below(4) }));
    }
  return { ...sampleBlob(parts), notes: random.below(2) === 0 ? [] : ['a note'] };
}
