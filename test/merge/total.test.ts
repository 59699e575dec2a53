import { describe, expect, it } from 'vitest';
import type { MetViolation } from '../../src/explore/known.js';
import { kindsOf } from '../../src/merge/kinds.js';
import { totalOf } from '../../src/merge/total.js';
import { sampleBlob, samplePart, withWitness } from './sample-blobs.js';

const latent = (execution: number, executions: number) =>
  ({ class: 'gen-ahead', executions, scenario: 'x', execution, message: `in ${execution}` }) as const;
const tally = (scenario: string, executions: number, flushes: number) => ({
  ...{ scenario, executions, steps: executions * 10, counters: { flushes } },
});

describe('the verdict of all shards', () => {
  it('adds up what they did', () => {
    const parts = [
      samplePart(1, {
        ...{ executions: 30, steps: 300, seconds: 1.5, counters: { flushes: 3 }, latent: [latent(7, 2)] },
        scenarios: [tally('x', 10, 1), tally('y', 20, 2)],
      }),
      samplePart(2, {
        ...{ executions: 5, steps: 50, seconds: 0.5, counters: { flushes: 1 }, latent: [latent(4, 1)] },
        scenarios: [tally('x', 5, 1)],
      }),
    ];
    expect(totalOf(sampleBlob(parts), parts, null)).toMatchObject({
      ...{ variant: 'b1', scenario: 'x, y', violation: null, strategy: 'random' },
      ...{ executions: 35, steps: 350, seconds: 2, counters: { flushes: 4 }, interrupted: false },
      latent: [{ class: 'gen-ahead', executions: 3, execution: 4, message: 'in 4' }],
      scenarios: [tally('x', 15, 2), tally('y', 20, 2)],
    });
  });

  it('is that of the best witness', () => {
    const parts = [samplePart(1), withWitness(samplePart(2), { strategy: 'pct' })];
    const [best] = kindsOf(parts);
    expect(totalOf(sampleBlob(parts), parts, best)).toMatchObject({
      ...{ scenario: 'two-mm-switch', violation: 'stale-use', strategy: 'pct' },
    });
  });

  it('is interrupted where a shard was, and changed nothing where none changed anything', () => {
    const effect = (otherwise: number) => ({
      ...{ base: '6.18', changedNothing: otherwise === 0, notCompared: null, otherwise },
      ...{ first: otherwise === 0 ? null : { scenario: 'x', execution: 3 }, parts: [] },
    });
    const idle = [samplePart(1, { effect: effect(0) }), samplePart(2, { effect: effect(0) })];
    expect(totalOf(sampleBlob(idle), idle, null).effect?.changedNothing).toBe(true);
    const busy = [idle[0], samplePart(2, { effect: effect(4), interrupted: true })];
    const total = totalOf(sampleBlob(busy), busy, null);
    expect(total.effect).toMatchObject({ changedNothing: false, otherwise: 4, first: { execution: 3 } });
    expect(total.interrupted).toBe(true);
  });

  it('counts known violations of a kind together', () => {
    const met = (execution: number): MetViolation => ({
      ...{ scenario: 'x', class: 'stale-use', cause: 'no IPI', finding: 'b38', isKnown: true },
      ...{ executions: 2, execution },
    });
    const parts = [samplePart(1, { met: [met(9)] }), samplePart(2, { met: [met(5)] })];
    expect(totalOf(sampleBlob(parts), parts, null).met).toEqual([{ ...met(5), executions: 4 }]);
    // Where one shard knew of it, and whence.
    const unknown = samplePart(3, { met: [{ ...met(1), isKnown: false }] });
    const from = [unknown, samplePart(1, { met: [{ ...met(9), knownFrom: 'y' }] })];
    expect(totalOf(sampleBlob(from), from, null).met).toEqual([
      { ...met(1), isKnown: true, knownFrom: 'y', executions: 4 },
    ]);
  });
});
