import { describe, expect, it } from 'vitest';
import { checkStressBlob, isStressBlob, serializeStressBlob } from '../../../src/merge/stress/blob.js';
import { sampleLook, samplePart, sampleStress } from './sample-stress.js';

const hang = {
  ...{ message: 'stands still', locks: ['mmap_lock(A): a writer'] },
  cpus: [
    { cpu: 0, waitsFor: null, interrupts: true, pending: ['IPI'], steps: 3, lastEvents: ['xchg 14 -> 1'] },
  ],
};
const seen = { cpu: 1, message: 'CPU1 read page 0' };
const whole = sampleStress([
  samplePart(1, [{ latent: [{ class: 'gen-ahead', ...seen, times: 3 }] }, { scenario: 'fork-cow', hang }]),
  samplePart(7, [{ violations: [{ class: 'stale-use', ...seen }] }], { look: sampleLook(7, 90) }),
]);

/** As it comes out of a file. */
const parsed = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value));
const check = (value: unknown) => checkStressBlob(parsed(value), 'x.json');

describe('a blob of a stress run', () => {
  it('is read as it was written', () => {
    expect(checkStressBlob(JSON.parse(serializeStressBlob(whole)), 'x.json')).toEqual(parsed(whole));
    expect(isStressBlob(parsed(whole))).toBe(true);
    expect(isStressBlob({ ...parsed(whole), format: 'shootdown-blob' })).toBe(false);
  });

  it.each([
    ['another version', { ...whole, version: 2 }, 'version: this shootdown reads version 1, not 2'],
    ['a field too much', { ...whole, extra: 1 }, 'the file: has no field "extra"'],
    ['no runs', sampleStress([]), 'parts: is empty'],
    ['a run of nothing', sampleStress([samplePart(1, [])]), 'parts[0].results: is empty'],
    ['a negative count', sampleStress([samplePart(1, [{ ipis: -1 }])]), 'parts[0].results[0].ipis: expected'],
    [
      'a time without end',
      sampleStress([samplePart(1, [{ seconds: 1e300 }])]),
      'results[0].seconds: expected',
    ],
    [
      'a CPU that is none',
      sampleStress([samplePart(1, [{ violations: [{ class: 'stale-use', cpu: 256, message: '' }] }])]),
      'violations[0].cpu: expected',
    ],
    [
      'another variant',
      sampleStress([samplePart(1, [{ variant: 'b2' }])]),
      'parts[0]: b2: is no part of the run',
    ],
    [
      'another scenario',
      sampleStress([samplePart(1, [{ scenario: 'x' }])]),
      'parts[0]: b1: is no part of the run',
    ],
    ['other CPUs', sampleStress([samplePart(1, [{ cpus: 3 }])]), 'parts[0]: b1: is no part of the run'],
    [
      'rounds of a kernel',
      sampleStress([samplePart(1, [{ rounds: 3 }])]),
      'parts[0]: b1: is no part of the run',
    ],
    ['another memory', sampleStress([samplePart(1, [{ memory: 'sc' }])]), 'b1: is of the memory model sc'],
    [
      'a finding of another seed',
      sampleStress([samplePart(1, [{}], { look: sampleLook(2, 90) })]),
      'parts[0]: the finding is of seed 2',
    ],
    [
      'a finding of another shootdown',
      sampleStress([samplePart(1, [{}], { look: sampleLook(1, 90) })], { shootdown: '9.0.0' }),
      'parts[0]: the finding is of shootdown 0.1.0',
    ],
  ])('is refused with %s', (_, value, words) => {
    expect(() => check(value)).toThrow(words);
  });
});
