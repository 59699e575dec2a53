import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Batches } from '../../src/merge/batches.js';
import { sampleBlob, samplePart } from './sample-blobs.js';

let corpus = '';
beforeEach(() => {
  corpus = mkdtempSync(join(tmpdir(), 'batches-'));
});
afterEach(() => rmSync(corpus, { recursive: true }));

const KEY = { subject: 'b1', of: 'this code' };
const did = (executions: number) =>
  sampleBlob([samplePart(1, { executions })], { shards: 1, subjects: ['b1'] });
const files = () =>
  readdirSync(join(corpus, 'batches'), { recursive: true }).filter((name) => /json$/.test(`${name}`));

describe('the batches of a search', () => {
  it('are there for who goes on', () => {
    const one = new Batches(corpus, KEY);
    one.add(did(10));
    one.add(did(20));
    const next = new Batches(corpus, KEY);
    expect([next.count, next.executions]).toEqual([2, 30]);
    expect(new Batches(corpus, { ...KEY, of: 'other code' }).count).toBe(0);
  });

  it('of two runs at once are counted once each, whoever ends one first', () => {
    const [one, other] = [new Batches(corpus, KEY), new Batches(corpus, KEY)];
    one.add(did(10));
    one.add(did(20));
    // The first, under the seed that `one` had for it, but with more time.
    other.add(did(15));
    expect([other.count, other.executions]).toEqual([2, 30]);
    other.add(did(40));
    one.add(did(35));
    for (const batches of [one, other, new Batches(corpus, KEY)])
      expect([batches.count, batches.executions]).toEqual([3, 70]);
    expect(files()).toHaveLength(3);
  });
});
