import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reached } from '../../src/explore/reach/reached.js';
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

  it('keep what they reached, and tell the next what is known', () => {
    const reached = (pairs: number[], schedules: number): Reached => ({
      scenarios: [{ scenario: 'lazy', pairs }],
      schedules: Array.from({ length: schedules }, (_, execution) => ({
        ...{ scenario: 'lazy', strategy: 'pct', seed: 3, execution, pairs: 1, schedule: ['0*12', '1b'] },
      })),
    });
    const batch = (pairs: number[], schedules: number) =>
      sampleBlob([samplePart(1, { reached: reached(pairs, schedules) })], { shards: 1, subjects: ['b1'] });
    const one = new Batches(corpus, KEY);
    expect(one.reached).toEqual({ scenarios: [], schedulesLeft: 2_000, ran: [] });
    one.add(batch([1, 2], 2));
    one.add(batch([3], 1));
    const next = new Batches(corpus, KEY);
    expect(next.reached).toMatchObject({ schedulesLeft: 1_997 });
    expect(next.reached.scenarios.flatMap(({ pairs }) => pairs)).toEqual([1, 2, 3]);
    expect(next.total()?.verdict.coverage).toEqual({ pairs: 3, added: 1, schedules: 3 });
    expect(next.total()?.verdict.reached).toBeUndefined();
    // Two runs at once may both have been first.
    next.add(batch([3, 4], 2));
    expect(next.total()?.verdict.coverage).toEqual({ pairs: 4, added: 2, schedules: 5 });
    // What earlier versions kept tells nothing of it.
    const before = new Batches(corpus, { ...KEY, of: 'before' });
    before.add(did(10));
    expect(before.total()?.verdict.coverage).toBeUndefined();
  });

  it('keep which code ran, for the next, and tell what the last one knew of all', () => {
    const counts = { lines: 2, branches: 0, branchesRan: 0, untaken: [], partly: [] };
    const report = (linesRan: number, never: { from: number; to: number }[]) => ({
      ...counts,
      ...{ file: 'p.ts', linesRan, never },
    });
    const batch = (sites: number[], linesRan: number, never: { from: number; to: number }[]) => {
      const ran = sites.length === 0 ? {} : { ran: [{ scenario: 'lazy', file: 'p.ts', sites }] };
      const reached = { scenarios: [], schedules: [], ...ran, code: [report(linesRan, never)] };
      return sampleBlob([samplePart(1, { reached })], { shards: 1, subjects: ['b1'] });
    };
    const one = new Batches(corpus, KEY);
    one.add(batch([0], 1, [{ from: 3, to: 3 }]));
    one.add(batch([1], 2, []));
    one.add(batch([], 2, []));
    const next = new Batches(corpus, KEY);
    expect(next.reached.ran?.map(({ sites }) => sites)).toEqual([[0], [1]]);
    expect(next.total()?.verdict.code).toEqual([report(2, [])]);
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
