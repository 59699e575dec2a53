import { describe, expect, it } from 'vitest';
import { decodeSchedule, encodeSchedule } from '../../src/drive/schedule.js';
import { type BatchRequest, measureLength, runBatch, simplifyWitness } from '../../src/explore/batch.js';
import type { Protocol } from '../../src/machine/protocol.js';
import { COUNTERS } from '../../src/oracles/counters.js';
import { type PlainCpu, type PlainProgram, plainProgram } from '../../src/programs/plain-program.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';

const scenario = (name: string) => catalogue.find((known) => known.name === name)!;

function request(changes: Partial<BatchRequest> = {}): BatchRequest {
  return {
    variant: '6.18',
    scenario: scenario('ping-pong-dontneed'),
    memory: 'tso',
    strategies: ['random', 'pct'],
    seed: 5,
    first: 0,
    count: 40,
    ...changes,
  };
}

const sum = (lists: readonly (readonly number[])[]): number[] =>
  lists[0].map((_, i) => lists.reduce((total, list) => total + list[i], 0));

describe('a batch', () => {
  it('is a function of its request, whatever ran before it', () => {
    const first = runBatch(request());
    runBatch(request({ seed: 6, count: 7 }));
    runBatch(request({ variant: 'b1', scenario: scenario('fork-cow'), count: 5 }));
    expect(runBatch(request())).toEqual(first);
  });

  it('does not depend on how executions are divided', () => {
    const whole = runBatch(request());
    for (const cuts of [[0, 20, 40], [0, 1, 2, 39, 40], Array.from({ length: 41 }, (_, i) => i)]) {
      const parts = cuts
        .slice(1)
        .map((end, i) => runBatch(request({ first: cuts[i], count: end - cuts[i] })));
      expect(parts.reduce((total, part) => total + part.executions, 0)).toBe(whole.executions);
      expect(parts.reduce((total, part) => total + part.steps, 0)).toBe(whole.steps);
      expect(parts.reduce((total, part) => total + part.walkerSteps, 0)).toBe(whole.walkerSteps);
      expect(sum(parts.map((part) => part.counters))).toEqual(whole.counters);
    }
  });

  it('finds the same witness from any start, and stops there', () => {
    const buggy = (first: number, count: number) => runBatch(request({ variant: 'b3', first, count }));
    const found = buggy(0, 300);
    const at = found.witness!.execution;
    expect(found.executions).toBe(at + 1);
    expect(found.witness!.violation.class).toBe('stale-use');
    expect(buggy(at, 1).witness).toEqual(found.witness);
    expect(buggy(Math.max(0, at - 3), 50).witness).toEqual(found.witness);
    expect(buggy(0, at).witness).toBe(null);
  });

  it('alternates strategies by execution', () => {
    const seen = Array.from(
      { length: 400 },
      (_, first) => runBatch(request({ variant: 'b3', first, count: 1 })).witness,
    ).filter((witness) => witness !== null);
    expect(seen.length).toBeGreaterThan(3);
    for (const { execution, strategy } of seen) expect(strategy).toBe(['random', 'pct'][execution % 2]);
  });

  it('differs by seed, variant, memory and strategy', () => {
    const hashes = [
      {},
      { seed: 6 },
      { variant: '6.12' },
      { memory: 'sc' as const },
      { strategies: ['random'] },
      { first: 1 },
    ].map((changes) => runBatch(request(changes)).hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('counts what happened, in the order of COUNTERS', () => {
    const { counters, steps, executions } = runBatch(request());
    expect(counters).toHaveLength(COUNTERS.length);
    expect(counters[COUNTERS.indexOf('ipisServed')]).toBeGreaterThan(10);
    expect(steps / executions).toBeGreaterThan(150);
  });

  it('measures a scenario the same way every time, close to what executions take', () => {
    const length = measureLength(request());
    expect(measureLength(request({ seed: 77, count: 1 }))).toBe(length);
    const { steps, executions } = runBatch(request());
    expect(length / (steps / executions)).toBeGreaterThan(0.7);
    expect(length / (steps / executions)).toBeLessThan(1.4);
  });

  it.each([
    [{ variant: 'b5' }, 'the variant "b5" does not exist'],
    [{ strategies: ['clairvoyant'] }, 'no such strategy: clairvoyant'],
  ])('refuses %j', (changes, message) => {
    expect(() => runBatch(request(changes))).toThrow(message);
  });
});

describe('a program that spins without end', () => {
  const spins = (name: string, cpus: number) =>
    plainProgram({
      name,
      words: { go: 0 },
      cpus: Array.from(
        { length: cpus },
        () =>
          function* (cpu: PlainCpu, at: Readonly<Record<string, number>>): Protocol<void> {
            for (let seen = 0; seen === 0; ) seen = yield* cpu.readOnce(at.go);
          },
      ),
    }) as unknown as PlainProgram;
  const spinning = (name: string): BatchRequest => ({
    program: name,
    memory: 'tso',
    strategies: ['random'],
    seed: 1,
    first: 0,
    count: 1,
  });
  const own = { variants: [], programs: [spins('two spin', 2), spins('eight spin', 8)] };

  it.each([
    ['two spin', 2],
    ['eight spin', 8],
  ])('%s: a livelock no longer than a finding may be, which is made short', (name, cpus) => {
    const request = spinning(name);
    // What it took until executions were given up does not count as their length.
    expect(measureLength(request, own)).toBe(1000 * cpus);
    const { witness, steps } = runBatch(request, undefined, own);
    expect(witness?.violation.class).toBe('livelock');
    expect(steps).toBeLessThan(1_000_000);
    expect(decodeSchedule(encodeSchedule(witness!.schedule))).toHaveLength(steps);
    const simple = simplifyWitness(request, witness!, undefined, own);
    expect(simple.violation.class).toBe('livelock');
    expect(simple.steps).toBeLessThan(3_000);
    expect(simplifyWitness(request, simple, undefined, own)).toBe(simple);
  });
});
