import { describe, expect, it } from 'vitest';
import { decodeSchedule } from '../../../src/drive/schedule.js';
import type { HuntRequest } from '../../../src/explore/api.js';
import { type BatchRequest, runBatch } from '../../../src/explore/batch.js';
import { hunt } from '../../../src/explore/hunt.js';
import { InlinePool } from '../../../src/explore/inline-pool.js';
import { PairTouches } from '../../../src/explore/reach/pair-touches.js';
import type { ReachedBefore } from '../../../src/explore/reach/reached.js';
import { ReachedTally } from '../../../src/explore/reach/reached-tally.js';
import { Machine } from '../../../src/machine/machine.js';
import { catalogue } from '../../../src/scenarios/catalogue/index.js';

/** What batches say of pairs of accesses, and what a hunt makes of it. */

const scenario = catalogue.find(({ name }) => name === 'ping-pong-dontneed')!;
const request: BatchRequest = {
  ...{ variant: '6.18', scenario, memory: 'tso', strategies: ['random', 'pct'], seed: 5 },
  ...{ first: 0, count: 6 },
};
const NOTHING: ReachedBefore = { scenarios: [], schedulesLeft: 100 };

describe('a pair', () => {
  it('is two CPUs one after the other at one word, and is told once', () => {
    const machine = Object.assign(Object.create(Machine.prototype), {
      program: { image: new Int32Array(4) },
      cpus: [{ pending: { kind: 1 } }, { pending: { kind: 2 } }],
    }) as Machine;
    const pairs = new PairTouches(machine);
    const note = (...touches: readonly (readonly [cpu: number, word: number])[]) => {
      pairs.begin();
      for (const [cpu, word] of touches) pairs.note(cpu, word);
      return pairs.take();
    };
    expect(note([0, 0], [0, 0], [1, 1])).toEqual([]);
    const [there] = note([0, 0], [1, 0]);
    expect(there).toBeDefined();
    // The same again, its opposite, and the same at another word.
    expect(note([0, 0], [1, 0])).toEqual([]);
    const [back, elsewhere] = note([1, 0], [0, 0], [0, 1], [1, 1]);
    expect(new Set([there, back, elsewhere]).size).toBe(3);
    // Who was last in one execution is nobody in the next.
    expect(note([1, 3])).toEqual([]);
    expect(note([0, 3])).toEqual([]);
    pairs.know([there]);
    expect(note([0, 0], [1, 0])).toEqual([]);
    expect(note([1, 0], [0, 0])).toEqual([back]);
  });
});

describe('a batch that covers', () => {
  it('executes what it does otherwise, and tells what is not known', () => {
    const plain = runBatch(request);
    const covering = runBatch({ ...request, covers: [] });
    expect({ ...covering, reached: [] }).toEqual(plain);
    const pairs = covering.reached.flatMap((one) => one.pairs);
    expect(pairs.length).toBeGreaterThan(20);
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(covering.reached[0]).toMatchObject({ execution: 0, strategy: 'random' });
    expect(runBatch({ ...request, covers: pairs }).reached).toEqual([]);
    const last = pairs[pairs.length - 1];
    const again = runBatch({ ...request, covers: pairs.filter((pair) => pair !== last) }).reached;
    expect(again.map((one) => one.pairs)).toEqual([[last]]);
  });
});

describe('a hunt that covers', () => {
  const plan: Omit<HuntRequest, 'covers'> = {
    ...{ variant: '6.18', scenarios: [scenario], memory: 'tso', strategies: ['random', 'pct'] },
    ...{ seed: 5, jobs: 1, executions: 6 },
  };
  const reachedIn = async (covers: ReachedBefore) =>
    (await hunt({ ...plan, covers, pool: new InlinePool() })).verdict.reached!;

  it('keeps the schedules that reached something first, and no more than it may', async () => {
    const whole = await reachedIn(NOTHING);
    expect(whole.scenarios.map(({ scenario: name }) => name)).toEqual([scenario.name]);
    const [{ pairs }] = whole.scenarios;
    expect(whole.schedules.reduce((sum, one) => sum + one.pairs, 0)).toBe(pairs.length);
    expect(whole.schedules[0]).toMatchObject({ execution: 0, seed: 5, strategy: 'random' });
    const inBatch = runBatch({ ...request, covers: [] }).reached;
    expect(whole.schedules.map(({ schedule }) => decodeSchedule(schedule))).toEqual(
      inBatch.map(({ schedule }) => schedule),
    );
    const bounded = await reachedIn({ ...NOTHING, schedulesLeft: 1 });
    expect([bounded.schedules.length, bounded.scenarios]).toEqual([1, whole.scenarios]);
    expect(await reachedIn({ ...NOTHING, scenarios: whole.scenarios })).toEqual({
      ...{ scenarios: [], schedules: [] },
    });
  });

  it('is the same however much a batch was told of', () => {
    const reaching = [
      { execution: 0, strategy: 'random', schedule: [0], pairs: [1, 2] },
      { execution: 1, strategy: 'pct', schedule: [1], pairs: [3] },
    ];
    const before = { scenarios: [{ scenario: 's', pairs: [2] }], schedulesLeft: 9 };
    const tally = new ReachedTally(before, ['s', 't'], 7);
    expect([tally.knownIn(0), tally.knownIn(1)]).toEqual([[2], []]);
    tally.add(0, reaching);
    tally.add(0, [{ ...reaching[1], execution: 2 }]);
    expect(tally.reached()).toEqual({
      scenarios: [{ scenario: 's', pairs: [1, 3] }],
      schedules: [
        { scenario: 's', strategy: 'random', seed: 7, execution: 0, pairs: 1, schedule: ['0'] },
        { scenario: 's', strategy: 'pct', seed: 7, execution: 1, pairs: 1, schedule: expect.any(Array) },
      ],
    });
  });
});
