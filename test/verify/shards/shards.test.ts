import { beforeAll, describe, expect, it } from 'vitest';
import { type SplitAsked, splitFor } from '../../../src/verify/shards/split.js';
import { totalsOf } from '../../../src/verify/shards/total.js';
import type { MemoryModel } from '../../../src/vocabulary/violation.js';
import { evaluateLowered, projectFile } from '../lowered.js';
import type * as Entry from './entry.js';
import { partOf, sampleVerifyBlob } from './parts.js';

let entry: typeof Entry;

beforeAll(async () => {
  entry = await evaluateLowered(
    `export * from ${JSON.stringify(projectFile('test/verify/shards/entry.ts'))};`,
  );
}, 60_000);

/** As early as can be, so that small spaces are shared out too. */
function early(index: number, of: number): SplitAsked {
  return { ...splitFor({ index, of }), statesMin: of };
}

/** What `of` shards come to together, each by its own. */
function together(name: string, memory: MemoryModel, of: number, splitOf = early) {
  const numbers = Array.from({ length: of }, (_, index) => index + 1);
  const all = numbers.map((index) => entry.explored(name, memory, splitOf(index, of)));
  const parts = all.map(({ result }, at) => partOf({ index: at + 1, of }, result));
  const [{ verdict }] = totalsOf(sampleVerifyBlob(parts, { memory, shards: of }));
  return {
    complete: verdict.complete,
    violation: verdict.violation,
    // Of a livelock it is the way to the cycle and many rounds of it.
    steps: verdict.violation === 'assertion' ? verdict.depth : null,
    isShortest: verdict.complete || verdict.violation !== 'assertion' || verdict.isShortest,
    ends: [...new Set(all.flatMap(({ ends }) => [...ends]))].sort(),
    splits: all.map(({ result }) => result.split),
  };
}

function alone(name: string, memory: MemoryModel) {
  const { result, ends } = entry.explored(name, memory);
  const { schedule, isLivelock, complete } = result;
  return {
    complete,
    violation: schedule === null ? null : isLivelock ? 'livelock' : 'assertion',
    steps: schedule === null || isLivelock ? null : schedule.length,
    isShortest: true,
    ends: [...ends].sort(),
  };
}

const SPACES: readonly (readonly [string, MemoryModel])[] = [
  ['P2', 'sc'],
  ['P2', 'tso'],
  ['P2 with fence', 'tso'],
  ['P3 2x2', 'tso'],
  ['P3 2x2', 'sc'],
  ['a flag that nobody raises', 'tso'],
  ['a flag that somebody raises', 'tso'],
  ['two that step back for each other', 'sc'],
  ['two that step back for each other', 'tso'],
  ['one that steps back', 'tso'],
  ['6.18 in preempted-read', 'tso'],
  ['b1 in dontneed-read', 'sc'],
];

describe('shards of a search', () => {
  it.each(SPACES)(
    'come together to what one alone comes to: %s under %s',
    { timeout: 30_000 },
    (name, memory) => {
      const whole = alone(name, memory);
      for (const of of [2, 3]) {
        const { splits, ...verdict } = together(name, memory, of);
        expect(verdict).toEqual(whole);
        // All share out the same states, and each goes on from some of them.
        const [first] = splits;
        for (const split of splits) expect({ ...split, own: 0 }).toEqual({ ...first, own: 0 });
        expect(splits.reduce((sum, split) => sum + (split?.own ?? 0), 0)).toBe(first?.states ?? 0);
        expect(splits.every((split) => split === null || split.own > 0)).toBe(true);
      }
    },
  );

  it('do not where a state that is shared out is nobody’s', () => {
    const whole = alone('P2', 'tso');
    const dropping = (dropped: number) => (index: number, of: number) => {
      const { owns } = early(index, of);
      return {
        // So late that not everything is reached from others too.
        statesMin: 12,
        owns: (place: number, states: number) => place !== dropped && owns(place, states),
      };
    };
    const differing = Array.from({ length: 12 }, (_, place) => place).filter((dropped) => {
      const { splits, ...verdict } = together('P2', 'tso', 2, dropping(dropped));
      return JSON.stringify(verdict) !== JSON.stringify(whole);
    });
    expect(differing.length).toBeGreaterThan(0);
  });

  it('each explore all of a space that is too small to be shared out', () => {
    const { result } = entry.explored('P2 with fence', 'tso', splitFor({ index: 1, of: 8 }));
    expect(result).toMatchObject({ complete: true, split: null, states: 157 });
  });
});
