import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetViolation } from '../../src/explore/known.js';
import { isBlob, readBlob, readBlobJson, serializeBlob } from '../../src/findings/blob.js';
import { sampleBlob, samplePart, withWitness } from '../merge/sample-blobs.js';
import { sampleFinding } from './sample.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'shootdown-blob-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function written(value: unknown): string {
  const file = join(directory, 'x.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

const effect = {
  ...{ base: '6.18', changedNothing: false, notCompared: null, otherwise: 1 },
  first: { scenario: 'x', execution: 3 },
  parts: [
    {
      ...({
        kind: 'function',
        name: 'shouldFlushTlb',
        calls: 3,
        executions: 2,
        answered: 1,
        acted: 0,
      } as const),
      ...{ reordered: 0, otherwise: 1, first: null, idle: null },
      scenarios: [{ scenario: 'x', calls: 3, otherwise: 1 }],
    },
  ],
};
const namedCause = { kind: 'noIpi', isBuffered: false, isRaised: false, isClaimed: true, circumstance: null };
const met: MetViolation = {
  ...{ scenario: 'x', class: 'stale-use', cause: 'no IPI', namedCause },
  ...{ isKnown: true, knownFrom: 'y', executions: 2, execution: 7 },
};
const whole = sampleBlob([
  withWitness(samplePart(1, { counters: { flushes: 3 }, effect, known: null, met: [met] })),
  samplePart(2, { variant: 'b1-fixed', interrupted: true, known: 'b38' }),
]);

describe('a blob', () => {
  it('is read as it was written', () => {
    expect(readBlob(written(serializeBlob(whole)))).toEqual(JSON.parse(JSON.stringify(whole)));
  });

  it('stands among files of other formats', () => {
    expect(isBlob(readBlobJson(written(sampleFinding())))).toBe(false);
    expect(isBlob(readBlobJson(written(whole)))).toBe(true);
  });

  it.each([
    ['another format', sampleFinding(), 'not a blob ("format" is not "shootdown-blob")'],
    ['another version', { ...whole, version: 2 }, 'version: this shootdown reads version 1, not 2'],
    ['a field too much', { ...whole, extra: 1 }, 'the file: has no field "extra"'],
    ['no hunt', { ...whole, hunt: undefined }, 'hunt: is missing'],
    [
      'a negative count',
      sampleBlob([samplePart(1, { executions: -1 })]),
      'parts[0].did.executions: expected at least 0',
    ],
    ['a shard of others', sampleBlob([samplePart(5)]), 'shard 5: b1: is no part of the hunt'],
    ['a subject of others', sampleBlob([samplePart(1, { variant: 'b2' })]), 'shard 1: b2: is no part'],
    [
      "a finding of another variant's",
      sampleBlob([withWitness(samplePart(1), { variant: 'b2' })]),
      'shard 1: b1: the finding is of "b2"',
    ],
    [
      'a finding of another seed',
      sampleBlob([withWitness(samplePart(1), { seed: 9 })]),
      'shard 1: b1: the finding is of seed 9',
    ],
    [
      'a finding of another version',
      sampleBlob([withWitness(samplePart(1), { shootdown: '0.0.9' })]),
      'the finding is of shootdown 0.0.9',
    ],
    [
      'a finding that is none',
      sampleBlob([withWitness(samplePart(1), { steps: -1 })]),
      'shard 1: b1: steps: expected at least 0',
    ],
    ['half a file', serializeBlob(whole).slice(0, 200), 'malformed JSON'],
  ])('with %s is refused in a line', (_, value, words) => {
    const file = written(value);
    expect(() => readBlob(file)).toThrow(words);
    expect(() => readBlob(file)).toThrow(file);
  });
});
