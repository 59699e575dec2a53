import { describe, expect, it } from 'vitest';
import type { Random } from '../../../src/explore/random.js';
import type { StudyBlob, StudyPart } from '../../../src/merge/study/blob.js';
import { packPairs, Unpacking } from '../../../src/merge/study/packed-pairs.js';
import { rowsMissing, rowTotals, studyOf } from '../../../src/merge/study/total.js';
import { unionOfStudyBlobs } from '../../../src/merge/study/union.js';
import { needlessSwitchFlushes } from '../../../src/study/columns/rates.js';
import { lazy } from '../../../src/study/lazy.js';
import { pairsOf } from '../../study/pairs.js';
import { expectUnionsAlike } from '../in-any-order.js';
import { failed, ROWS, samplePairs, samplePart, sampleStudy } from './sample-study.js';

const union = (...blobs: StudyBlob[]) =>
  unionOfStudyBlobs(blobs.map((blob, index) => ({ file: `${index}.json`, blob })));
const totals = (blob: StudyBlob) => rowTotals(studyOf(lazy, blob), blob);

describe('blobs of one study together', () => {
  it('are the same in every order and grouping, however often each is there', () => {
    expectUnionsAlike(60, blobAt, union);
  });

  it('count a row that ran twice with a seed once, by the run that got further', () => {
    const short = samplePart('kvm/v1', 1, { pairs: samplePairs('kvm/v1', 1, 30) });
    const long = samplePart('kvm/v1', 1);
    expect(union(sampleStudy([short]), sampleStudy([long])).parts).toEqual([long]);
  });

  it.each([
    [{ memory: 'sc' }, 'memory model tso, and sc'],
    [{ shootdown: '0.2.0' }, 'shootdown 0.1.0, and 0.2.0'],
    [{ name: 'partial' }, 'study lazy, and partial'],
    [{ scenarios: ['t'] }, 'scenarios s, and t'],
    [{ executions: 200 }, '--executions 100, and 200'],
    [{ count: 7 }, '--count none, and 7'],
  ] as const)('are refused where they are of two: %o', (change, words) => {
    expect(() => union(sampleStudy([]), sampleStudy([], change))).toThrow(
      `0.json and 1.json are of two studies: ${words}`,
    );
  });

  it('are refused where a row is compared with another one', () => {
    const other = { ...sampleStudy([]), rows: [{ ...ROWS[1], baseline: null }] };
    expect(() => union(sampleStudy([]), other)).toThrow('0.json and 1.json: kvm kvm/v1: is not the same row');
  });

  it('say which rows are missing', () => {
    expect(rowsMissing(sampleStudy([samplePart('kvm/v1', 1)])).map(({ variant }) => variant)).toEqual([
      'kvm/v0',
    ]);
  });
});

describe('what rows come to', () => {
  it('is summed over the seeds, and their differences are over all pairs', () => {
    const blob = union(
      sampleStudy([samplePart('kvm/v0', 1), samplePart('kvm/v1', 1)]),
      sampleStudy([samplePart('kvm/v1', 2), samplePart('hypercall/v0', 1)]),
    );
    const rows = totals(blob);
    expect(rows.map(({ result }) => result.row.variant)).toEqual(['kvm/v0', 'kvm/v1', 'hypercall/v0']);
    const [base, { result }] = rows;
    expect(result.verdict).toMatchObject({ executions: 200, seed: 1, violation: null });
    expect(result.pairs).toMatchObject({ pairs: 80, samples: [{ scenario: 's', pairs: 80 }] });
    const all = pairsOf(80, (pair) => [
      { operations: 2, needlessSwitchFlushes: 1 + ((pair % 40) % 3) },
      { operations: 2, needlessSwitchFlushes: ((pair % 40) + (pair < 40 ? 1 : 2)) % 3 },
    ]);
    const expected = needlessSwitchFlushes.value({ ...result, pairs: all }, base.result);
    expect(expected).toMatchObject({ low: expect.any(Number) });
    expect(needlessSwitchFlushes.value(result, base.result)).toEqual(expected);
  });

  it('is told by the shortest witness', () => {
    const [, { result, kinds }] = totals(
      sampleStudy([samplePart('kvm/v0', 1), failed('kvm/v1', 1, 90), failed('kvm/v1', 2, 30)]),
    );
    expect(result.verdict).toMatchObject({ violation: 'stale-use' });
    expect(kinds).toMatchObject([{ shards: [1, 2], witness: { finding: { steps: 30, seed: 2 } } }]);
  });
});

describe('packed pairs', () => {
  const pairs = pairsOf(3, (pair) => [{ operations: pair }, { operations: 2 ** 40 }]);
  const packed = packPairs(pairs);

  it('come out as they went in', () => {
    expect(new Unpacking().unpack(packed, 'x')).toEqual(pairs);
  });

  it.each([
    ['fewer than they say', { pairs: 4 }],
    ['more than they say', { pairs: 2 }],
    ['no such text', { counts: '!' }],
  ])('are refused where they are %s', (_, change) => {
    const samples = packed.samples.map((sample) => ({ ...sample, ...change }));
    const wrong = { ...packed, pairs: samples[0].pairs, samples };
    expect(() => new Unpacking().unpack(wrong, 'x')).toThrow('x: what its pairs have counted cannot be read');
    expect(() => new Unpacking().unpack({ ...packed, pairs: 4 }, 'x')).toThrow('cannot be read');
  });

  it('are refused where there is no room for what they say to be', () => {
    const samples = Array(40).fill({ ...packed.samples[0], pairs: 200_000 });
    expect(() => new Unpacking().unpack({ ...packed, samples: samples.slice(0, 1) }, 'x')).toThrow(
      'cannot be',
    );
    const huge = [{ ...packed.samples[0], pairs: 5_000_000 }];
    expect(() => new Unpacking().unpack({ ...packed, samples: huge }, 'x')).toThrow(
      'more than a merge has room',
    );
  });
});

/** Some rows with some seeds; what a row did follows from how far it got. */
function blobAt(random: Random): StudyBlob {
  const parts: StudyPart[] = [];
  for (const { variant, baseline } of ROWS)
    for (let seed = 1; seed <= 2; seed++) {
      if (random.below(2) === 0) continue;
      const pairs = baseline === null ? null : samplePairs(variant, seed, 1 + random.below(2));
      const part = random.below(2) === 0 ? samplePart(variant, seed) : failed(variant, seed, random.below(3));
      parts.push({ ...part, pairs });
    }
  return sampleStudy(parts);
}
