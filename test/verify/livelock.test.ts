import { beforeAll, describe, expect, it } from 'vitest';
import { judgeEnd } from '../../src/drive/end.js';
import { follow } from '../../src/drive/recorded.js';
import { Machine } from '../../src/machine/machine.js';
import { fairCycle, type StateGraph } from '../../src/verify/livelock.js';
import { MemoryBudget } from '../../src/verify/row-table.js';
import type * as Entry from './livelock-entry.js';
import { evaluateLowered, projectFile } from './lowered.js';

/** A graph by its edges: from, to, who moves. */
function graphOf(cpus: number, edges: readonly (readonly [number, number, number])[]): StateGraph {
  const graph = {
    cpus,
    count: 1 + Math.max(...edges.flat()),
    agent: 0,
    successor(state: number, k: number): number {
      const edge = edges.filter(([from]) => from === state)[k];
      if (edge === undefined) return -1;
      graph.agent = edge[2];
      return edge[1];
    },
  };
  return graph;
}

const cycleIn = (...edges: (readonly [number, number, number])[]) =>
  fairCycle(graphOf(1, edges), new MemoryBudget(2 ** 24), () => {});

describe('a fair cycle', () => {
  it('is one in which whoever can move does', () => {
    expect(cycleIn([0, 1, 0], [1, 0, 0])).toMatchObject({ state: 0, steps: [{ from: 0 }, { from: 1 }] });
  });

  it('is none that somebody could always leave', () => {
    expect(cycleIn([0, 1, 0], [1, 0, 0], [0, 2, 1], [1, 2, 1])).toBe(null);
  });

  it('is none that somebody could leave again and again', () => {
    expect(cycleIn([0, 1, 0], [1, 0, 0], [0, 2, 1])).toBe(null);
  });

  it('may be a part of a component that is unfair as a whole', () => {
    expect(cycleIn([0, 1, 0], [1, 0, 0], [1, 1, 0], [0, 2, 1])).toEqual({
      state: 1,
      steps: [{ from: 1, k: 1 }],
    });
  });

  it('goes through the steps of everybody who can move', () => {
    const found = cycleIn([0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 1, 1], [0, 2, 0]);
    expect(found?.steps.map(({ k }) => k)).toEqual(expect.arrayContaining([0, 1]));
  });

  it('is not in a graph without cycles, and may be one state', () => {
    expect(cycleIn([0, 1, 0], [0, 2, 1], [1, 3, 1], [2, 3, 0])).toBe(null);
    expect(cycleIn([0, 1, 0], [1, 1, 0])).toEqual({ state: 1, steps: [{ from: 1, k: 0 }] });
  });

  it('may begin in the middle, where the ways into it differ', () => {
    expect(cycleIn([0, 3, 0], [0, 1, 1], [1, 2, 0], [2, 3, 0], [3, 1, 0])).toMatchObject({ state: 1 });
  });
});

describe('programs without end', () => {
  let entry: typeof Entry;

  beforeAll(async () => {
    entry = await evaluateLowered(
      `export * from ${JSON.stringify(projectFile('test/verify/livelock-entry.ts'))};`,
    );
  }, 60_000);

  it.each([
    ['a flag that nobody raises', true],
    ['a flag that somebody raises', false],
    ['two that step back for each other', true],
    ['one that steps back', false],
  ] as const)('%s', (name, isLivelock) => {
    for (const memory of ['sc', 'tso'] as const) {
      const result = entry.search(name, memory);
      expect({ isLivelock: result.isLivelock, complete: result.complete }).toEqual({
        isLivelock,
        complete: !isLivelock,
      });
      if (result.schedule === null) continue;
      // The machine goes the same round.
      const machine = new Machine(entry.programs[name], memory);
      expect(follow(machine, result.schedule)).toBe(null);
      judgeEnd(machine, true);
      expect(machine.violation?.class).toBe('livelock');
    }
  });
});
