import { beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/explore/random.js';
import { findStrategy, strategies } from '../../src/explore/strategies/index.js';
import type { Strategy } from '../../src/explore/strategies/strategy.js';
import {
  AGENT_KINDS,
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  LINE_AGENT,
  WALKER_AGENT,
} from '../../src/machine/agents.js';
import { EnabledSet } from '../../src/machine/enabled-set.js';

const CPUS = 4;
const AGENTS = CPUS * AGENT_KINDS;

function enabledOf(...agents: number[]): EnabledSet {
  const set = new EnabledSet(AGENTS);
  for (const agent of agents) set.add(agent);
  return set;
}

describe('every strategy', () => {
  it('is listed under a name of its own', () => {
    expect(new Set(strategies.map(({ name }) => name)).size).toBe(strategies.length);
    for (const { name, create } of strategies) {
      expect(findStrategy(name)?.create().name).toBe(name);
      expect(create()).not.toBe(create());
    }
    expect(findStrategy('clairvoyant')).toBe(undefined);
  });

  it.each(strategies.map(({ name }) => name))(
    '%s picks only who can move, and is a function of its random numbers',
    (name) => {
      const first = findStrategy(name)!.create();
      const second = findStrategy(name)!.create();
      const choose = new Random();
      const [a, b] = [new Random(), new Random()];
      for (let execution = 0; execution < 50; execution++) {
        choose.seed(9, 9, execution);
        a.seed(1, 1, execution);
        b.seed(1, 1, execution);
        first.begin(a, AGENTS, 60);
        // The second one has another past.
        if (execution === 0) second.begin(b, AGENTS, 5);
        b.seed(1, 1, execution);
        second.begin(b, AGENTS, 60);
        // A strategy may take notes in the set that it picks from.
        const sets = [new EnabledSet(AGENTS), new EnabledSet(AGENTS)];
        let last = -1;
        for (let step = 0; step < 60; step++) {
          // Agents come and go; somebody can always move.
          for (let n = choose.below(4); n >= 0; n--) {
            const agent = choose.below(AGENTS);
            for (const set of sets) {
              if (set.has(agent) && set.count > 1) set.remove(agent);
              else set.add(agent);
            }
          }
          const picked = first.pick(sets[0], last, step);
          expect(sets[0].has(picked)).toBe(true);
          expect(second.pick(sets[1], last, step)).toBe(picked);
          last = picked;
        }
      }
    },
  );
});

describe('random', () => {
  it('draws per execution how sticky it is: never, 0.9 or 0.97', () => {
    const strategy = findStrategy('random')!.create();
    const random = new Random();
    // Eight agents, no store buffer among them: those are picked less often.
    const agents = [0, 1, 2, 3].flatMap((cpu) => [agentOf(cpu, CPU_AGENT), agentOf(cpu, LINE_AGENT)]);
    const enabled = enabledOf(...agents);
    const groups = [0, 0, 0];
    for (let execution = 0; execution < 150; execution++) {
      random.seed(1, 1, execution);
      strategy.begin(random, AGENTS, 100);
      let stays = 0;
      for (let step = 0; step < 4000; step++)
        if (strategy.pick(enabled, agents[2], step) === agents[2]) stays++;
      const share = stays / 4000;
      // Uniform stays with probability 1/8; the others also by chance.
      const group = [1 / 8, 0.9 + 0.1 / 8, 0.97 + 0.03 / 8].findIndex(
        (expected) => Math.abs(share - expected) < 0.025,
      );
      expect(group, `share ${share}`).toBeGreaterThanOrEqual(0);
      groups[group]++;
    }
    for (const count of groups) expect(count).toBeGreaterThan(25);
  });

  it('gives everybody a chance, buffers too', () => {
    const strategy = findStrategy('random')!.create();
    const random = new Random();
    const enabled = enabledOf(...Array.from({ length: AGENTS }, (_, agent) => agent));
    for (let execution = 0; execution < 30; execution++) {
      random.seed(2, 2, execution);
      strategy.begin(random, AGENTS, 100);
      const picked = new Set<number>();
      for (let step = 0; step < 4000; step++) picked.add(strategy.pick(enabled, -1, step));
      expect(picked.size).toBe(AGENTS);
    }
  });
});

describe('pct', () => {
  let strategy: Strategy;
  const random = new Random();
  beforeEach(() => {
    strategy = findStrategy('pct')!.create();
  });

  const cpus = [0, 1, 2, 3].map((id) => agentOf(id, CPU_AGENT));

  /** The order in which agents would run to their ends: who is first of those left. */
  function order(agents: readonly number[], step: number): number[] {
    const left = enabledOf(...agents);
    const result: number[] = [];
    while (left.count > 0) {
      const next = strategy.pick(left, -1, step);
      result.push(next);
      left.remove(next);
    }
    return result;
  }

  it('changes its mind only at change points, 1 to 4 in the measured length', () => {
    const seen = new Map<number, number>();
    for (let execution = 0; execution < 400; execution++) {
      random.seed(2, 2, execution);
      strategy.begin(random, AGENTS, 200);
      let last = strategy.pick(enabledOf(...cpus), -1, -1);
      let changes = 0;
      for (let step = 0; step < 400; step++) {
        const picked = strategy.pick(enabledOf(...cpus), last, step);
        if (picked !== last) {
          changes++;
          expect(step).toBeLessThan(200);
        }
        last = picked;
      }
      seen.set(changes, (seen.get(changes) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual([1, 2, 3, 4]);
    for (const count of seen.values()) expect(count).toBeGreaterThan(50);
  });

  it('who is changed falls below everybody', () => {
    for (let execution = 0; execution < 100; execution++) {
      random.seed(3, 3, execution);
      strategy.begin(random, AGENTS, 1);
      const agents = [...cpus, ...cpus.map((cpu) => cpu + BUFFER_AGENT)];
      const first = order(agents, -1)[0];
      // Every change point is at step 0.
      strategy.pick(enabledOf(...agents), first, 0);
      expect(order(agents, -1).at(-1)).toBe(first);
    }
  });

  it('gives every order of CPUs its chance', () => {
    const orders = new Set<string>();
    for (let execution = 0; execution < 400; execution++) {
      random.seed(4, 4, execution);
      strategy.begin(random, AGENTS, 1000);
      orders.add(order(cpus, -1).join());
    }
    expect(orders.size).toBe(24);
  });

  it('keeps every buffer below every CPU in half of the executions', () => {
    const buffers = cpus.map((cpu) => cpu + BUFFER_AGENT);
    let low = 0;
    let mixed = 0;
    for (let execution = 0; execution < 400; execution++) {
      random.seed(5, 5, execution);
      strategy.begin(random, AGENTS, 1000);
      const ranks = order([...buffers, ...cpus, agentOf(0, LINE_AGENT)], -1);
      const lowest = ranks.slice(-4).every((agent) => (agent & 3) === BUFFER_AGENT);
      if (lowest) low++;
      else mixed++;
    }
    // By chance alone one in 126 of the others would be low too.
    expect(low).toBeGreaterThan(160);
    expect(mixed).toBeGreaterThan(160);
  });

  it('draws a new priority for the environment after each of its steps', () => {
    const walker = agentOf(2, WALKER_AGENT);
    const enabled = enabledOf(walker, ...cpus);
    let stays = 0;
    let goes = 0;
    for (let execution = 0; execution < 300; execution++) {
      random.seed(6, 6, execution);
      strategy.begin(random, AGENTS, 1);
      if (strategy.pick(enabled, -1, 5) !== walker) continue;
      if (strategy.pick(enabled, walker, 5) === walker) stays++;
      else goes++;
    }
    expect(stays).toBeGreaterThan(5);
    expect(goes).toBeGreaterThan(5);
  });
});
