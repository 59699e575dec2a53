import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { type Replay, replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { culprits } from './culprits/variants.js';

/** Replaced functions that say nothing of themselves: what is told of them is what the machine did. */

const modules = { ...NO_MODULES, variants: culprits.map(({ bug }) => bug) };

async function explained(name: string, scenario: string): Promise<Replay> {
  const scenarios = catalogue.filter((one) => one.name === scenario);
  const plan = {
    strategies: ['random', 'pct', 'delay'],
    seed: 1,
    memory: 'tso' as const,
    jobs: 1,
    pool: new InlinePool(undefined, modules),
  };
  const { finding } = await hunt({ ...plan, variant: name, scenarios, executions: 4_000 });
  if (finding === null) throw new Error(`${name}: nothing found`);
  return replayFinding(finding, true, modules);
}

const marked = ({ trace }: Replay): string[] =>
  trace.flatMap(({ deciding, text }) => (deciding === null ? [] : [text]));

describe('the culprit', () => {
  it('is an IPI that nobody waited for, not one that was not sent', async () => {
    const replay = await explained('no-wait', 'ping-pong-dontneed');
    expect(replay.cause).toBe('the initiator went on before its request had been served');
    expect(replay.former).toBe('no IPI');
    expect(replay.sentence).toMatch(
      /CPU\d sent CPU\d an IPI, (and it was not delivered|whose handler had not ended), and went on/,
    );
    expect(replay.trace.find(({ isCause }) => isCause)?.text).toMatch(/^IPI to CPU\d$/);
    expect(replay.sentence).not.toContain('got no IPI');
  });

  it("is the owner's store of a generation that its flush does not cover", async () => {
    const replay = await explained('slot-too-high', 'far-generations');
    expect(replay.cause).toMatch(
      /(; the CPU had stored a generation in the slot that it had not flushed|read after its flush)$/,
    );
    expect(replay.sentence).toMatch(
      /CPU(\d) itself had stored generation \d+ in slot \d+, which its flush did not cover/,
    );
    expect(replay.trace.find(({ isCause }) => isCause)?.functions.at(-1)).toBe('store_slot_tlb_gen');
    expect(marked(replay).length).toBeLessThanOrEqual(12);
  });

  it(
    'is a recycled PCID that is loaded without a flush: its making, the recycling and the ' + 'write of CR3',
    async () => {
      const replay = await explained('recycled', 'three-mms-two-slots');
      expect(replay.cause).toBe('a PCID was loaded for another mm without a flush');
      expect(replay.former).toBe('CPU# used a translation of page # filled under mm # while running mm #');
      const texts = marked(replay).join('\n');
      expect(texts).toMatch(/TLB entry made|speculative walk/);
      expect(texts).toMatch(/ctxs\[\d\]\.ctx_id = \d+/);
      expect(texts).toMatch(/CR3 = .*, no flush/);
    },
  );

  it('is an interrupt in the middle of a switch', async () => {
    const replay = await explained('interrupts-on', 'ping-pong-munmap');
    expect(replay.cause).toBe('the interrupt came in the middle of the switch');
    expect(replay.trace.find(({ isCause }) => isCause)?.text).toBe('interrupt');
    expect(replay.trace.filter(({ deciding }) => deciding?.includes('begins to switch'))).toHaveLength(1);
  });
});
