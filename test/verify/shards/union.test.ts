import { describe, expect, it } from 'vitest';
import type { Random } from '../../../src/explore/random.js';
import { checkVerifyBlob, serializeVerifyBlob, type VerifyBlob } from '../../../src/verify/shards/blob.js';
import { totalsOf } from '../../../src/verify/shards/total.js';
import { unionOfVerifyBlobs } from '../../../src/verify/shards/union.js';
import { verdictLine } from '../../../src/verify/words.js';
import { expectUnionsAlike } from '../../merge/in-any-order.js';
import { samplePart, sampleVerifyBlob } from './parts.js';

const union = (...blobs: VerifyBlob[]) =>
  unionOfVerifyBlobs(blobs.map((blob, index) => ({ file: `${index}.json`, blob })));
const total = (...parts: Parameters<typeof sampleVerifyBlob>[0][number][]) =>
  totalsOf(sampleVerifyBlob(parts))[0].verdict;

const DONE = [samplePart(1), samplePart(2), samplePart(3)];
const VIOLATED = { violation: 'assertion', message: 'x is 2', shard: { complete: false } } as const;
const OUT_OF_TIME = { ended: 'time', withinSteps: 12, shard: { complete: false } } as const;

describe('blobs of one verification together', () => {
  it('are the same in every order and grouping, however often each is there', () => {
    expectUnionsAlike(200, blobAt, union);
  });

  it('count a shard that was run again once, by the run that got further', () => {
    const [early, late] = [samplePart(2, OUT_OF_TIME), samplePart(2)];
    expect(union(sampleVerifyBlob([late]), sampleVerifyBlob([early])).parts).toEqual([late]);
  });

  it('are refused where they are of two', () => {
    const other = sampleVerifyBlob([], { shards: 4 });
    expect(() => union(sampleVerifyBlob([]), other)).toThrow('0.json and 1.json are of two verifications');
  });

  it('are refused where the shards have shared out other states', () => {
    const split = { depth: 6, before: 100, states: 90, own: 30, hash: 'ffffffff' };
    const other = samplePart(2, { shard: { split } });
    expect(() => union(sampleVerifyBlob([samplePart(1)]), sampleVerifyBlob([other]))).toThrow(
      'did not share out the same states',
    );
  });

  it('are refused where a part came out differently when it was run again', () => {
    const again = sampleVerifyBlob([samplePart(2, VIOLATED)]);
    expect(() => union(sampleVerifyBlob(DONE), again)).toThrow(
      '0.json and 1.json: p in plain program, shard 2: the same part came out differently',
    );
  });

  it('are read as they were written, and not with a state too few', () => {
    const read = (blob: VerifyBlob) => checkVerifyBlob(JSON.parse(serializeVerifyBlob(blob)), 'b.json');
    const blob = sampleVerifyBlob([...DONE.slice(1), samplePart(1, VIOLATED)]);
    expect(read(blob)).toEqual(blob);
    const split = { depth: 6, before: 100, states: 90, own: 29, hash: '0123abcd' };
    expect(() => read(sampleVerifyBlob([samplePart(1, { shard: { split } })]))).toThrow(
      'has gone on from 29 of 90 states, and its part is 30',
    );
  });
});

describe('what they say together', () => {
  it('is complete where all have looked at their parts, and sums up', () => {
    const verdict = total(...DONE);
    expect(verdict).toMatchObject({ complete: true, violation: null, states: 1200, transitions: 2700 });
    expect(verdictLine(verdict)).toContain('some states in several');
  });

  it('is not decided where one is missing, or had no time', () => {
    expect(total(samplePart(1), samplePart(3))).toMatchObject({
      ...{ complete: false, withinSteps: 5, ended: null, merged: { of: 3, missing: [2] } },
    });
    expect(verdictLine(total(samplePart(1), samplePart(3)))).toContain('not decided, shard 2 is missing');
    expect(total(samplePart(1), samplePart(2, OUT_OF_TIME), samplePart(3))).toMatchObject({
      ...{ complete: false, withinSteps: 12, ended: 'time' },
    });
  });

  it('is the shortest violation, which nobody may have a shorter one of', () => {
    const parts = [samplePart(1, { ...VIOLATED, depth: 30 }), samplePart(2, { ...VIOLATED, depth: 14 })];
    expect(total(...parts, samplePart(3))).toMatchObject({ depth: 14, isShortest: true, complete: false });
    expect(total(...parts, samplePart(3, OUT_OF_TIME)).isShortest).toBe(false);
    expect(total(...parts, samplePart(3, { ...OUT_OF_TIME, withinSteps: 13 })).isShortest).toBe(true);
    expect(total(...parts)).toMatchObject({ violation: 'assertion', isShortest: false });
  });

  it('is a livelock only where nothing else is wrong', () => {
    const livelock = samplePart(1, { ...VIOLATED, violation: 'livelock', depth: 9 });
    expect(total(livelock, samplePart(2), samplePart(3)).violation).toBe('livelock');
    expect(total(livelock, samplePart(2, VIOLATED), samplePart(3)).violation).toBe('assertion');
  });
});

/** Some shards; what a shard has looked at follows from how far it got. */
function blobAt(random: Random): VerifyBlob {
  const parts = [1, 2, 3].flatMap((index) => {
    if (random.below(2) === 0) return [];
    const expanded = 100 * random.below(4);
    return [
      samplePart(index, { ...(expanded < 300 ? OUT_OF_TIME : {}), expanded, seconds: random.below(3) }),
    ];
  });
  return sampleVerifyBlob(parts);
}
