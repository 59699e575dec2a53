import { beforeAll, describe, expect, it } from 'vitest';
import { type SplitAsked, type SplitDone, splitFor } from '../../../src/verify/shards/split.js';
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

interface Compared {
  readonly complete: boolean;
  readonly violation: string | null;
  /** Of a livelock none: it is the way to the cycle and many rounds of it. */
  readonly steps: number | null;
  readonly isShortest: boolean;
  readonly ends: readonly string[];
  readonly states: readonly string[];
}

/** What one search comes to, and what `of` shards come to together, each by its own. */
function compared(
  name: string,
  memory: MemoryModel,
  of: number,
  splitOf = early,
): { whole: Compared; together: Compared; splits: readonly (SplitDone | null)[] } {
  const numbers = Array.from({ length: of }, (_, index) => index + 1);
  const [alone, ...all] = entry.explored(name, memory, [null, ...numbers.map((index) => splitOf(index, of))]);
  const { schedule, isLivelock, complete } = alone.result;
  const parts = all.map(({ result }, at) => partOf({ index: at + 1, of }, result));
  const [{ verdict }] = totalsOf(sampleVerifyBlob(parts, { memory, shards: of }));
  return {
    whole: {
      complete,
      violation: schedule === null ? null : isLivelock ? 'livelock' : 'assertion',
      steps: schedule === null || isLivelock ? null : schedule.length,
      isShortest: true,
      ends: [...alone.ends].sort(),
      states: [...alone.states].sort(),
    },
    together: {
      complete: verdict.complete,
      violation: verdict.violation,
      steps: verdict.violation === 'assertion' ? verdict.depth : null,
      isShortest: verdict.violation !== 'assertion' || verdict.isShortest,
      ends: [...new Set(all.flatMap(({ ends }) => [...ends]))].sort(),
      states: [...new Set(all.flatMap(({ states }) => [...states]))].sort(),
    },
    splits: all.map(({ result }) => result.split),
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
  ['b1 in dontneed-read', 'sc'],
];

describe('shards of a search', () => {
  it.each(SPACES)(
    'come together to what one alone comes to: %s under %s',
    { timeout: 30_000 },
    (name, memory) => {
      for (const of of [2, 3]) {
        const { whole, together, splits } = compared(name, memory, of);
        expect(together).toEqual(whole);
        // All share out the same states, and each goes on from some of them.
        const [first] = splits;
        for (const split of splits) expect({ ...split, own: 0 }).toEqual({ ...first, own: 0 });
        expect(splits.reduce((sum, split) => sum + (split?.own ?? 0), 0)).toBe(first?.states ?? 0);
        expect(splits.every((split) => split === null || split.own > 0)).toBe(true);
      }
    },
  );

  it.each([3, 7])('do not where the state at place %d is nobody’s', (dropped) => {
    const dropping = (index: number, of: number): SplitAsked => ({
      statesMin: 8,
      owns: (place, states) => place !== dropped && early(index, of).owns(place, states),
    });
    const { whole, together } = compared('P2 with fence', 'tso', 2, dropping);
    expect(whole.states.filter((state) => !together.states.includes(state))).not.toEqual([]);
  });

  it('each explore all of a space that is too small to be shared out', () => {
    const [{ result }] = entry.explored('P2 with fence', 'tso', [splitFor({ index: 1, of: 8 })]);
    expect(result).toMatchObject({ complete: true, split: null, states: 157 });
  });
});
