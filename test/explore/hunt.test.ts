import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSchedule, encodeSchedule } from '../../src/drive/schedule.js';
import type { HuntRequest, Verdict } from '../../src/explore/api.js';
import { type HuntOutcome, hunt } from '../../src/explore/hunt.js';
import { type HuntPool, openPool } from '../../src/explore/pool.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { VERSION } from '../../src/vocabulary/version.js';

/** A hunt's answer must not depend on who computed it, or how fast. */

const pools: HuntPool[] = [];
beforeAll(() => {
  pools.push(openPool(1), openPool(2));
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

function ask(jobs: 1 | 2, changes: Partial<HuntRequest>): Promise<HuntOutcome> {
  const pool = pools[jobs - 1];
  return hunt({
    variant: '6.18',
    scenarios: catalogue,
    strategies: ['random', 'pct'],
    seed: 1,
    memory: 'tso',
    jobs,
    ...changes,
    pool,
  });
}

const timeless = ({ seconds: _, ...rest }: Verdict): Omit<Verdict, 'seconds'> => rest;
const bytes = (outcome: HuntOutcome): string => JSON.stringify([timeless(outcome.verdict), outcome.finding]);

describe('a hunt', () => {
  it.each([
    ['that finds something', { variant: 'b1' }],
    ['with another seed', { variant: 'b1', seed: 2 }],
    ['that finds something late', { variant: 'b39', seed: 3 }],
    ['that finds nothing', { executions: 700 }],
    ['under sequential consistency', { variant: 'b3', memory: 'sc' as const }],
    [
      'with one strategy and one scenario',
      { variant: 'b3', strategies: ['pct'], scenarios: catalogue.slice(0, 1) },
    ],
  ])('%s: the same bytes for one job and two, and when run again', async (_name, changes) => {
    const first = await ask(1, changes);
    expect(bytes(await ask(2, changes))).toBe(bytes(first));
    expect(bytes(await ask(2, changes))).toBe(bytes(first));
    expect(first.verdict.traceHash).toMatch(/^[0-9a-f]{8}$/);
  });

  it('does exactly the executions asked for, divided over the scenarios', async () => {
    for (const executions of [1, 21, 100, 1234]) {
      const { verdict } = await ask(2, { executions });
      expect(verdict.executions).toBe(executions);
      expect(verdict.scenarios.map((tally) => tally.executions).reduce((a, b) => a + b)).toBe(executions);
      expect(verdict.scenarios.map((tally) => tally.steps).reduce((a, b) => a + b)).toBe(verdict.steps);
      expect(verdict.violation).toBe(null);
      expect(verdict.interrupted).toBe(false);
    }
  });

  it('gives no scenario more than twice the steps of another', async () => {
    const { verdict } = await ask(2, { executions: 2000 });
    // The last round may be cut off: judge full rounds by counting only what every scenario had.
    const steps = verdict.scenarios.map((tally) => tally.steps);
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThanOrEqual(2);
    const first = await ask(1, { executions: verdict.scenarios.length, scenarios: [...catalogue] });
    expect(first.verdict.executions).toBe(verdict.scenarios.length);
  });

  it('ends the prefix at the witness: what came later is not counted', async () => {
    const { verdict, finding } = await ask(2, { variant: 'b3', executions: 100_000 });
    expect(verdict.violation).toBe('stale-use');
    expect(verdict.executions).toBeLessThan(5000);
    const tally = verdict.scenarios.find(({ scenario }) => scenario === verdict.scenario)!;
    // The witness is the newest execution of its scenario.
    expect(finding!.execution).toBe(tally.executions - 1);
    // Limiting the hunt to that many executions gives the same witness; one fewer gives none.
    const again = await ask(1, { variant: 'b3', executions: verdict.executions });
    expect(again.finding).toEqual(finding);
  });

  it('with a wall-time limit answers a prefix of the same hunt', async () => {
    const cut = await ask(2, { budgetMs: 300 });
    expect(cut.verdict.violation).toBe(null);
    const { executions, traceHash } = cut.verdict;
    expect(executions).toBeGreaterThan(0);
    const whole: string[] = [];
    // The prefix ends at a batch's end, and batches are planned the same way, so the same number of
    // executions has the same hash.
    const same = await ask(1, { executions });
    whole.push(same.verdict.traceHash);
    expect(whole).toContain(traceHash);
  });

  it('that is aborted says so, and what it knows', async () => {
    const controller = new AbortController();
    const { verdict } = await ask(2, {
      signal: controller.signal,
      onProgress: ({ executions }) => {
        if (executions > 300) controller.abort();
      },
    });
    expect(verdict.interrupted).toBe(true);
    expect(verdict.executions).toBeGreaterThan(300);
    const before = new AbortController();
    before.abort();
    expect((await ask(1, { signal: before.signal })).verdict).toMatchObject({
      interrupted: true,
      executions: 0,
      violation: null,
    });
  });

  it('reports progress that only grows', async () => {
    const seen: number[] = [];
    await ask(2, {
      executions: 2000,
      onProgress: ({ executions, variant }) => seen.push(variant === '6.18' ? executions : -1),
    });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(2000);
  });

  it('writes a finding that carries all that a replay needs', async () => {
    const { verdict, finding } = await ask(1, { variant: 'b3' });
    expect(finding).toMatchObject({
      format: 'shootdown-finding',
      version: 1,
      shootdown: VERSION,
      variant: 'b3',
      memory: 'tso',
      seed: 1,
      strategy: verdict.strategy,
    });
    expect(finding).toMatchObject({ scenario: catalogue.find(({ name }) => name === verdict.scenario) });
    expect(finding!.violation.message).toBe(verdict.message);
    expect(encodeSchedule(decodeSchedule(finding!.schedule))).toEqual(finding!.schedule);
    // Steps are picks; answers to choices are no steps.
    expect(decodeSchedule(finding!.schedule).filter((decision) => decision >= 0)).toHaveLength(
      finding!.steps,
    );
    expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
  });

  it('names the whole catalogue, or its only scenario', async () => {
    expect((await ask(1, { executions: 30 })).verdict.scenario).toBe('catalogue');
    expect((await ask(1, { executions: 30, scenarios: catalogue.slice(1, 2) })).verdict.scenario).toBe(
      catalogue[1].name,
    );
  });

  it("fails with the worker's message when it is asked for what does not exist", async () => {
    await expect(ask(1, { variant: 'b5', scenarios: catalogue.slice(0, 1), executions: 10 })).rejects.toThrow(
      'the variant "b5" does not exist',
    );
  });

  describe('in shards', () => {
    it.each([1, 2])('does the executions of one hunt, each once (%i jobs)', async (jobs) => {
      const [scenario] = catalogue;
      const strategies = ['random', 'pct'];
      const each = (index: number) =>
        ask(jobs as 1 | 2, { scenarios: [scenario], strategies, executions: 40, shard: { index, of: 3 } });
      const shards = [await each(1), await each(2), await each(3)];
      const whole = await ask(1, { scenarios: [scenario], strategies, executions: 120 });
      const steps = shards.map(({ verdict }) => verdict.steps);
      expect(steps.reduce((a, b) => a + b)).toBe(whole.verdict.steps);
      expect(new Set(shards.map(({ verdict }) => verdict.traceHash)).size).toBe(3);
      expect(shards[1].verdict.shard).toEqual({ index: 2, of: 3 });
      expect(bytes(await each(2))).toBe(bytes(shards[1]));
    });

    it('meets a witness at the number that it has in the whole hunt', async () => {
      const scenarios = catalogue.filter(({ name }) => name === 'ping-pong-dontneed');
      const whole = await ask(2, { variant: 'b3', scenarios, executions: 5000 });
      const { execution } = whole.finding!;
      const of = 4;
      const index = (Math.floor(execution / 2) % of) + 1;
      const shard = await ask(1, { variant: 'b3', scenarios, executions: 5000, shard: { index, of } });
      expect(shard.finding).toEqual(whole.finding);
      expect(bytes(await ask(2, { variant: 'b3', scenarios, executions: 5000, shard: { index, of } }))).toBe(
        bytes(shard),
      );
    });
  });

  describe('past known violations', () => {
    const scenarios = catalogue.slice(0, 2);
    const asked = { variant: 'b3', scenarios, executions: 600 };

    it('with none known, says of the witness what it is and changes nothing else', async () => {
      const plain = await ask(2, asked);
      const { verdict, finding } = await ask(2, { ...asked, known: [] });
      expect(verdict.met).toHaveLength(1);
      expect(verdict.met![0]).toMatchObject({
        scenario: plain.verdict.scenario,
        class: 'stale-use',
        isKnown: false,
        executions: 1,
      });
      expect(verdict.met![0].cause).toBe('no IPI: should_flush_tlb saw SWITCHING');
      expect(finding?.execution).toBe(plain.finding!.execution);
      expect({ ...verdict, met: undefined, seconds: 0, steps: 0 }).toMatchObject({
        traceHash: plain.verdict.traceHash,
      });
    });

    it('goes on to the first that is not known, whatever the number of jobs', async () => {
      const first = await ask(2, { ...asked, known: [] });
      const known = first.verdict.met!;
      const next = await ask(2, { ...asked, known });
      expect(bytes(await ask(1, { ...asked, known }))).toBe(bytes(next));
      expect(next.verdict.executions).toBeGreaterThan(first.verdict.executions);
      expect(next.verdict.met!.filter(({ isKnown }) => isKnown).map(({ cause }) => cause)).toEqual([
        known[0].cause,
      ]);
      // The catalogue's other scenario shows the same bug, which nobody has said is known there.
      expect(next.verdict.scenario).not.toBe(first.verdict.scenario);
      expect(next.verdict.met!.at(-1)).toMatchObject({
        scenario: next.verdict.scenario,
        isKnown: false,
        executions: 1,
      });
    });

    it('does every execution where all are known, or where it is to go past all', async () => {
      const all = await ask(2, { ...asked, known: [], pastViolations: true });
      expect(all.verdict.executions).toBe(600);
      expect(all.finding).toEqual((await ask(2, { ...asked, known: [] })).finding);
      const clean = await ask(1, { ...asked, known: all.verdict.met });
      expect(clean.verdict).toMatchObject({
        violation: null,
        executions: 600,
        traceHash: all.verdict.traceHash,
      });
      expect(clean.finding).toBeNull();
      expect(clean.verdict.met).toEqual(all.verdict.met!.map((one) => ({ ...one, isKnown: true })));
    });
  });
});
