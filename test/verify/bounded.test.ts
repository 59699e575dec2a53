import { beforeAll, describe, expect, it } from 'vitest';
import type * as Examples from './example-entry.js';
import { evaluateLowered, type Fault, projectFile } from './lowered.js';

const load = (fault: Fault | null = null): Promise<typeof Examples> =>
  evaluateLowered(`export * from ${JSON.stringify(projectFile('test/verify/example-entry.ts'))};`, fault);

let examples: typeof Examples;

beforeAll(async () => {
  examples = await load();
}, 180_000);

/** The fewest switches of a violation of P4b, and whether its witnesses keep to what was asked. */
function fewest({ search, switchesIn }: typeof Examples): {
  readonly switches: number;
  readonly kept: boolean;
} {
  for (let switchesMax = 0; switchesMax < 20; switchesMax++) {
    const { schedule, isCut } = search('P4b', 'sc', { switchesMax });
    if (schedule === null) {
      if (isCut) continue;
      return { switches: -1, kept: false };
    }
    return { switches: switchesMax, kept: switchesIn('P4b', 'sc', schedule) === switchesMax };
  }
  return { switches: -1, kept: false };
}

describe('executions in which a CPU is taken off a few times only', () => {
  it('have their violation at the fewest switches, and the witness has so many', () => {
    expect(fewest(examples)).toEqual({ switches: expect.any(Number), kept: true });
    expect(fewest(examples).switches).toBeGreaterThan(0);
  });

  it('are more and more, and all of them in the end', () => {
    const all = examples.endsWithin('P3 3x3', 'sc', null);
    let before: readonly string[] = [];
    for (let switchesMax = 0; switchesMax < 30; switchesMax++) {
      const { ends, isCut } = examples.endsWithin('P3 3x3', 'sc', switchesMax);
      expect(ends).toEqual(expect.arrayContaining([...before]));
      before = ends;
      if (!isCut) break;
    }
    expect(before).toEqual(all.ends);
    expect(examples.endsWithin('P3 3x3', 'sc', 0).ends.length).toBeLessThan(all.ends.length);
    expect(examples.endsWithin('P3 3x3', 'sc', 0).isCut).toBe(true);
  });

  it.each([
    ['a CPU is taken off for nothing', { text: 'this.lastCanMove &&', by: 'false &&' }],
    ['a CPU that waits cannot be left', { text: 'this.lastCanMove &&', by: '' }],
    ['whoever went on last is forgotten', { text: ': word & LAST_MASK;', by: ': NOBODY;' }],
  ])('are others where %s', { timeout: 180_000 }, async (_, fault) => {
    const faulty = await load({ file: 'verify/bounded-space.ts', ...fault });
    // Stores drain between the steps of the CPUs.
    const states = (made: typeof Examples): number => made.search('P4', 'tso', { switchesMax: 2 }).states;
    expect([fewest(faulty), states(faulty)]).not.toEqual([fewest(examples), states(examples)]);
  });
});
