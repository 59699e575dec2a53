import { describe, expect, it } from 'vitest';
import type { Random } from '../../../src/explore/random.js';
import type { StressBlob } from '../../../src/merge/stress/blob.js';
import { lookTotal, stressPlaces, stressTotal } from '../../../src/merge/stress/total.js';
import { unionOfStressBlobs } from '../../../src/merge/stress/union.js';
import { expectUnionsAlike } from '../in-any-order.js';
import { sampleLook, samplePart, sampleStress } from './sample-stress.js';

const union = (...blobs: StressBlob[]) =>
  unionOfStressBlobs(blobs.map((blob, index) => ({ file: `${index}.json`, blob })));

describe('blobs of stress runs together', () => {
  it('are the same in every order and grouping, however often each is there', () => {
    expectUnionsAlike(100, blobAt, union, stressTotal);
  });

  it('count every run, and one that is there twice once', () => {
    const [one, other] = [samplePart(1), samplePart(2, [{ seconds: 3, shootdowns: 500 }])];
    const same = samplePart(1, [{ seconds: 4 }]);
    const all = union(sampleStress([one]), sampleStress([other, one]), sampleStress([same]));
    expect(all.parts).toEqual([one, same, other]);
    expect(stressTotal(all)).toMatchObject({ seconds: 9, shootdowns: 2500, scenario: 'ping-pong-dontneed' });
  });

  it.each([
    [{ memory: 'sc' }, 'memory model tso, and sc'],
    [{ shootdown: '0.2.0' }, 'shootdown 0.1.0, and 0.2.0'],
    [{ wait: 'token' }, '--wait auto, and token'],
    [{ perturb: 8 }, '--perturb 200, and 8'],
    [{ targets: [] }, 'variants, programs, scenarios or their CPUs;'],
  ] as const)('are refused where they are of two: %o', (change, words) => {
    const two = (): unknown => union(sampleStress([samplePart(1)]), sampleStress([samplePart(2)], change));
    expect(two).toThrow(`0.json and 1.json are of two stress runs: ${words.replace(';', '')}`);
  });

  it('are refused where other things were counted or replaced', () => {
    const odd = sampleStress([samplePart(2, [{ replaced: [{ name: 'shouldFlushTlb', calls: 1 }] }])]);
    expect(() => union(sampleStress([samplePart(1)]), odd)).toThrow(
      '0.json and 1.json: b1 in ping-pong-dontneed: other things were counted or replaced there',
    );
    const within = sampleStress([samplePart(1, [{}, { scenario: 'fork-cow', counters: { own: 1 } }])]);
    expect(() => union(within)).toThrow('0.json: b1 in fork-cow: other things');
  });
});

describe('what stress runs come to', () => {
  const hang = { message: 'stands still', cpus: [], locks: [] };
  const blob = sampleStress([
    samplePart(1, [{}, { scenario: 'fork-cow', shootdowns: 10, hang }], { look: sampleLook(1, null) }),
    samplePart(2, [{ waiting: 'token', waitingReason: 'x' }], { look: sampleLook(2, 90), interrupted: true }),
  ]);

  it('is told by scenario', () => {
    const whole = { variant: 'b1', cpus: 2, violations: 0, dead: 0 };
    expect(stressPlaces(blob)).toEqual([
      { ...whole, scenario: 'ping-pong-dontneed', runs: 2, seconds: 4, shootdowns: 2000, hangs: 0 },
      { ...whole, scenario: 'fork-cow', runs: 1, seconds: 2, shootdowns: 10, hangs: 1 },
    ]);
  });

  it('is told as one run', () => {
    expect(stressTotal(blob)).toMatchObject({
      ...{ seconds: 6, shootdowns: 2010, scenario: 'catalogue', failedIn: 'fork-cow', hang },
      ...{ interrupted: true, waitingReason: 'a core for each CPU (2); so in 2 of 3 results' },
    });
  });

  it('is what the explorer has seen in all looks', () => {
    expect(lookTotal(blob)).toMatchObject({
      executions: 200,
      seconds: 1,
      violation: 'stale-use',
      known: null,
    });
    expect(lookTotal(sampleStress([samplePart(1)]))).toBeNull();
  });
});

/** Some runs; some of several blobs are the same. */
function blobAt(random: Random): StressBlob {
  const parts = Array.from({ length: 1 + random.below(3) }, () => {
    const seed = random.below(3);
    const results = [{ shootdowns: random.below(2), seconds: 0.1 * random.below(3) }];
    const second = { scenario: 'fork-cow', cpus: 2, progressed: random.below(3) };
    const look = random.below(2) === 0 ? null : sampleLook(seed, random.below(4));
    return samplePart(seed, random.below(2) === 0 ? results : [...results, second], { look });
  });
  return sampleStress(parts);
}
