import { describe, expect, it } from 'vitest';
import { checkStudyBlob, isStudyBlob, serializeStudyBlob } from '../../../src/merge/study/blob.js';
import { COUNTERS } from '../../../src/oracles/counters.js';
import type { Counts } from '../../../src/study/study.js';
import { failed, ROWS, samplePart, sampleStudy } from './sample-study.js';

const counts = Object.fromEntries(COUNTERS.map((name, i) => [name, i])) as Counts;
const spread = { min: 1, mean: 1.5, max: 2 };
const rounds = { shootdowns: 3, rounds: spread, local: spread, handlers: spread, overlap: spread };
const proof = {
  ...{ isShipped: false, witness: null, refuted: [], proved: ['s'], states: 9, known: [], partly: [] },
  latent: [],
};
const whole = sampleStudy([
  samplePart('kvm/v0', 1, { counts, brokenHost: counts, rounds, proof, known: 'stale-use' }),
  failed('kvm/v1', 2, 30),
]);

/** As it comes out of a file. */
const parsed = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value));

describe('a blob of a study', () => {
  it('is read as it was written', () => {
    expect(checkStudyBlob(JSON.parse(serializeStudyBlob(whole)), 'x.json')).toEqual(parsed(whole));
    expect(isStudyBlob(parsed(whole))).toBe(true);
    expect(isStudyBlob({ ...parsed(whole), format: 'shootdown-blob' })).toBe(false);
  });

  it('is not written where no merge would read it', () => {
    const notes = ['n'.repeat(17 * 1024 * 1024)];
    expect(() => serializeStudyBlob({ ...whole, notes })).toThrow('bytes are more than a merge reads');
    const rows = Array(2_001).fill(whole.rows[0]);
    expect(() => serializeStudyBlob({ ...whole, rows })).toThrow('2001 rows are more than a merge reads');
  });

  const one = samplePart('kvm/v1', 1);
  it.each([
    ['another version', { ...whole, version: 2 }, 'version: this shootdown reads version 1, not 2'],
    ['a field too much', { ...whole, extra: 1 }, 'the file: has no field "extra"'],
    ['counts of other names', sampleStudy([{ ...one, counts: { own: 1 } as never }]), 'parts[0].counts'],
    ['a seed that is none', sampleStudy([{ ...one, seed: -1 }]), 'parts[0].seed: expected'],
    ['a row of others', sampleStudy([{ ...one, variant: 'kvm/v9' }]), 'kvm kvm/v9, seed 1: is no row'],
    [
      'a row that makes no sense',
      { ...sampleStudy([one]), rows: ROWS.map((row) => ({ ...row, senseless: 'x' })) },
      'seed 1: is no row',
    ],
    [
      'pairs of others',
      sampleStudy([{ ...one, pairs: samplePart('hypercall/v1', 1).pairs }]),
      'its pairs are of "hypercall/v0" and "hypercall/v1"',
    ],
    [
      'a finding of another seed',
      sampleStudy([{ ...failed('kvm/v1', 2, 30), seed: 3 }]),
      'kvm kvm/v1, seed 3: the finding is of seed 2',
    ],
  ])('is refused with %s', (_, value, words) => {
    expect(() => checkStudyBlob(parsed(value), 'x.json')).toThrow(words);
  });
});
