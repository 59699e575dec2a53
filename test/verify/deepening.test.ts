import { beforeAll, describe, expect, it } from 'vitest';
import type * as Examples from './example-entry.js';
import { evaluateLowered, type Fault, projectFile } from './lowered.js';

const load = (fault: Fault | null = null): Promise<typeof Examples> =>
  evaluateLowered(`export * from ${JSON.stringify(projectFile('test/verify/example-entry.ts'))};`, fault);

let examples: typeof Examples;

beforeAll(async () => {
  examples = await load();
}, 180_000);

describe('a bound on switches that deepens', () => {
  it('is none where all executions fit at once', () => {
    const { result, switches, ended } = examples.deepen('P4', 'sc');
    expect({ switches, ended }).toEqual({ switches: null, ended: null });
    expect(result).toMatchObject({ complete: true, states: examples.search('P4', 'sc').states });
  });

  it('ends with all executions, however few states the first search may have', () => {
    const all = examples.search('P3 3x3', 'sc');
    for (const statesFirst of [10, 100]) {
      const { result, switches, ended } = examples.deepen('P3 3x3', 'sc', { statesFirst });
      expect({ switches, ended }).toEqual({ switches: null, ended: null });
      expect(result).toMatchObject({ complete: true, isCut: false, schedule: null });
      expect(result.states).toBeGreaterThanOrEqual(all.states);
    }
  });

  it('has a violation at the fewest switches, if not by a search of all executions', () => {
    const first = (switchesMax: number) => examples.search('P4b', 'sc', { switchesMax }).schedule;
    const { result, switches } = examples.deepen('P4b', 'sc', { statesFirst: 1 });
    expect(result.schedule).not.toBeNull();
    if (switches === null) expect(result.schedule).toEqual(examples.search('P4b', 'sc').schedule);
    else {
      expect(result.schedule).toEqual(first(switches));
      expect(first(switches - 1)).toBeNull();
    }
  });

  it('says how far it came when the memory is used up, and all of that is so', () => {
    // Enough for some switches of P4 with store buffers and not for all of its executions.
    const memoryBytes = 2 ** 22;
    const { result, switches, withinSteps, ended } = examples.deepen('P4', 'tso', { memoryBytes });
    expect(ended).toBe('memory');
    expect(switches).not.toBeNull();
    expect(result).toMatchObject({ complete: true, isCut: true });
    const within = examples.search('P4', 'tso', { switchesMax: switches });
    expect(result).toMatchObject({ states: within.states, transitions: within.transitions });
    expect(withinSteps).toBeGreaterThan(0);
    // P4 has executions of 74 steps.
    expect(withinSteps).toBeLessThan(74);
  });

  it.each([
    ['P4', 'tso', 20, {}],
    ['P3 3x3', 'tso', 1, { statesFirst: 1000 }],
    // A violation within a bound on switches.
    ['P4b', 'tso', 3, { statesFirst: 1 }],
    // A search for cycles follows.
    ['P3 3x3', 'tso', 2, {}],
  ] as const)('comes to the same answer where it is killed: %s under %s', (name, memory, rests, limits) => {
    const { found, kills } = examples.deepenWithKills(name, memory, rests, limits);
    expect(kills).toBeGreaterThan(1);
    expect(found).toEqual(examples.deepen(name, memory, limits));
  });

  it('leaves half of the time to the bounded searches', () => {
    let looks = 0;
    const { switches, ended } = examples.deepen('P4', 'tso', {
      isHalfOver: () => true,
      isOver: () => looks++ > 40,
    });
    expect({ switches, ended }).toEqual({ switches: expect.any(Number), ended: 'time' });
  });

  it.each([
    ['what a bound left out is forgotten', '(complete && !isCut)', 'complete'],
    [
      'the first bound is told and not the last one',
      'best = { result, switches };',
      'best ??= { result, switches };',
    ],
  ])('is seen to be wrong where %s', { timeout: 180_000 }, async (_, text, by) => {
    const faulty = await load({ file: 'verify/deepening.ts', text, by });
    const told = (made: typeof Examples) => {
      const limits = { isHalfOver: () => true, isOver: () => looks++ > 6 };
      let looks = 0;
      const { result, ...found } = made.deepen('P3 3x3', 'sc', limits);
      return { ...found, ...result };
    };
    expect(told(faulty)).not.toEqual(told(examples));
  });
});
