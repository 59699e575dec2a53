import { describe, expect, it } from 'vitest';
import {
  catalogue,
  hunt,
  type KernelCpu,
  loadModules,
  openPool,
  type Protocol,
  plainProgram,
  renderReport,
} from '../../src/index.js';
import { defineVariant } from '../../src/variants/define.js';
import { FINDING_FORMAT } from '../../src/vocabulary/finding.js';

function* never(cpu: KernelCpu, _target: number): Protocol<boolean> {
  yield* cpu.barrier();
  return false;
}
const mine = defineVariant({ name: 'asks-nobody', replace: { shouldFlushTlb: never } });
const racy = plainProgram({
  name: 'racy',
  words: { x: 0 },
  cpus: [1, 1].map(
    () =>
      function* (cpu, at) {
        const x = yield* cpu.readOnce(at.x);
        yield* cpu.writeOnce(at.x, x + 1);
      },
  ),
  final: (read, at) => read(at.x) === 2 || `x is ${read(at.x)}`,
});

/** A few seconds of a busy machine: one scenario, of few steps. */
const reclaim = catalogue.filter(({ name }) => name === 'reclaim');
const scenarios = catalogue.filter(({ name }) => name === 'ping-pong-dontneed');

describe('hunt', () => {
  it('takes a variant as it is, and has defaults for the rest', async () => {
    const { verdict, finding, replay } = await hunt({ variant: mine, scenarios });
    expect(verdict).toMatchObject({ variant: 'asks-nobody', violation: 'stale-use', seed: 1, memory: 'tso' });
    expect(finding).toMatchObject({ format: FINDING_FORMAT, variant: 'asks-nobody' });
    expect(replay).toMatchObject({ reproduced: true });
    expect(verdict.message).toContain('should_flush_tlb');
  });

  it('takes a program as it is; what it answers every reporter can tell', async () => {
    const answer = await hunt({ program: racy, executions: 500 });
    expect(answer.verdict.violation).toBe('assertion');
    expect(renderReport('junit', [answer])).toMatch(/<testsuites[\s\S]*<failure/);
    expect(JSON.parse(renderReport('json', [answer]))).toMatchObject({ verdicts: [{ variant: 'racy' }] });
    expect(() => renderReport('xml', [answer])).toThrow('there is no reporter "xml"');
  });

  it('goes past what a baseline has', async () => {
    const first = await hunt({ variant: mine, scenarios, executions: 20, known: [] });
    const met = first.verdict.met ?? [];
    expect(met.length).toBeGreaterThan(0);
    const violations = met.map((one) => ({ ...one, variant: 'asks-nobody', memory: 'tso' as const }));
    const baseline = { format: 'shootdown-baseline', version: 1, violations } as const;
    const second = await hunt({ variant: mine, scenarios, executions: 20, baseline });
    expect(second.verdict.met?.[0]).toMatchObject({ isKnown: true, scenario: met[0].scenario });
    expect(second.finding?.execution).not.toBe(first.finding?.execution);
  });

  it('runs a variant of a module on worker threads, by name or object', async () => {
    await expect(hunt({ variant: mine, jobs: 2 })).rejects.toThrow('worker threads take it from its module');
    const loaded = await loadModules(['examples/my-variant.ts'], { typeCheck: false });
    const pool = openPool(1, loaded);
    try {
      const [variant] = loaded.variants;
      const { verdict } = await hunt({ variant, pool, scenarios: reclaim, executions: 2_000 });
      expect(verdict).toMatchObject({ variant: 'caught-up', violation: 'stale-use', scenario: 'reclaim' });
    } finally {
      await pool.close();
    }
  });

  it('refuses what says nothing of its subject', async () => {
    await expect(hunt({})).rejects.toThrow('hunt takes a variant or a program');
    await expect(hunt({ variant: 'no-such' })).rejects.toThrow('no-such');
  });
});
