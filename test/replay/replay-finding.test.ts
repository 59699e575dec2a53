import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSchedule, encodeSchedule } from '../../src/drive/schedule.js';
import { hunt } from '../../src/explore/hunt.js';
import { type HuntPool, openPool } from '../../src/explore/pool.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import type { Finding } from '../../src/vocabulary/finding.js';

/** Witnesses of the known bugs, replayed and explained. */

let pool: HuntPool;
beforeAll(() => {
  pool = openPool(2);
});
afterAll(() => pool.close());

async function witness(variant: string, memory: 'tso' | 'sc' = 'tso'): Promise<Finding> {
  const strategies = ['random', 'pct'];
  const { finding } = await hunt({
    variant,
    scenarios: catalogue,
    strategies,
    seed: 1,
    memory,
    jobs: 2,
    executions: 60_000,
    pool,
  });
  if (finding === null) throw new Error(`${variant}: nothing found`);
  return finding;
}

describe('replay', () => {
  it.each(['b1', 'b2', 'b3', 'b4'])('reproduces the witness of %s and says why', async (variant) => {
    const finding = await witness(variant);
    const replay = replayFinding(finding);
    expect(replay).toMatchObject({ reproduced: true, reason: null, traceHash: finding.traceHash });
    expect(replay.violation).toEqual(finding.violation);
    expect(replay.trace).toHaveLength(finding.steps);
    expect(replay.trace.filter((step) => step.deciding !== null).length).toBeGreaterThan(3);
    expect(replay.sentence).toMatch(/^CPU\d .*; CPU\d's change is covered by generation \d+ of [A-Z]/);
  });

  it('names the store that waits in the buffer (b1)', async () => {
    const { sentence, trace, start } = replayFinding(await witness('b1'));
    expect(sentence).toMatch(
      /should_flush_tlb saw loaded_mm = \w+ on CPU\d, whose store of SWITCHING was still in its store buffer/,
    );
    // The state of that CPU says so too: after the store, and until it drains.
    const stored = trace.findLast(
      ({ text, deciding }) => text === 'loaded_mm = SWITCHING (buffered)' && deciding !== null,
    );
    expect(stored?.states).toHaveLength(1);
    const [state] = stored?.states ?? [];
    expect(state).toMatchObject({ cpu: stored?.cpu, interrupts: false });
    expect(state.buffer.at(-1)).toBe('loaded_mm=SWITCHING');
    expect(state.notes[0]).toMatch(/^loaded_mm [A-Z]$/);
    expect(start).toHaveLength(2);
    expect(start[0]).toMatchObject({ cpu: 0, interrupts: true, buffer: [] });
  });

  it('names the early return (b4)', async () => {
    const { sentence } = replayFinding(await witness('b4'));
    expect(sentence).toContain('flush_tlb_func returned without a flush');
  });

  it.each([
    [
      'b1',
      /^no IPI: should_flush_tlb saw (a loaded_mm|is_lazy), with a newer value in the store buffer$/,
      /^src\/kernel\/should-flush-tlb\.ts/,
    ],
    ['b3', /^no IPI: should_flush_tlb saw SWITCHING$/, /^src\/kernel\/should-flush-tlb\.ts/],
    ['b4', /^flush_tlb_func returned without a flush$/, /^src\/kernel\//],
  ])(
    'gives the witness of %s a cause without anything of this execution, and its step',
    async (variant, cause, site) => {
      const finding = await witness(variant);
      const replay = replayFinding(finding);
      expect(replay.cause).toMatch(cause);
      const steps = replay.trace.filter(({ isCause }) => isCause);
      expect(steps).toHaveLength(1);
      expect(steps[0].deciding).not.toBeNull();
      expect(steps[0].site?.file).toMatch(site);
      const quick = replayFinding(finding, false);
      expect([quick.cause, quick.sentence, quick.traceHash]).toEqual([
        replay.cause,
        replay.sentence,
        replay.traceHash,
      ]);
      expect(quick.trace.every((step) => step.site === null)).toBe(true);
    },
  );

  it('gives every kernel step its functions in the kernel spelling and its place', async () => {
    const { trace } = replayFinding(await witness('b3'));
    const read = trace.find(
      (step) => step.text.startsWith('tlb_gen(') && step.functions.includes('switch_mm_irqs_off'),
    );
    expect(read?.site).toMatchObject({ file: 'src/kernel/switch-mm.ts', line: expect.any(Number) });
  });

  it('says where a schedule that was changed diverges', async () => {
    const finding = await witness('b3');
    const decisions = decodeSchedule(finding.schedule);
    const cut = { ...finding, schedule: encodeSchedule(decisions.slice(0, -5)) };
    expect(replayFinding(cut)).toMatchObject({
      reproduced: false,
      reason: expect.stringContaining('no violation in'),
    });
    const alien = { ...finding, schedule: encodeSchedule([2, ...decisions]) };
    expect(replayFinding(alien)).toMatchObject({
      reproduced: false,
      reason: 'step 0: the schedule moves agent 0i, which cannot move',
    });
  });

  it('does not reproduce under the fix', async () => {
    const finding = await witness('b3');
    const fixed = replayFinding({ ...finding, variant: 'b3-fixed' });
    expect(fixed.reproduced).toBe(false);
    expect(fixed.reason).not.toBeNull();
  });

  it('refuses an unknown variant', async () => {
    const finding = await witness('b3');
    expect(() => replayFinding({ ...finding, variant: 'b99' })).toThrow(/variant "b99" does not exist/);
  });
});
