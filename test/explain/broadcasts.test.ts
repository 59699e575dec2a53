import { describe, expect, it } from 'vitest';
import { hunt } from '../../src/api/hunt.js';
import type { TraceStep } from '../../src/explain/trace-step.js';
import { everyScenario } from '../../src/scenarios/catalogue/index.js';

/** What is told of flushes by broadcast, of assertions of the kernel, and of rounds without end. */

async function explained(variant: string, scenario: string) {
  const scenarios = everyScenario.filter(({ name }) => name === scenario);
  const { replay } = await hunt({ variant, scenarios, executions: 500 });
  if (replay === null) throw new Error(`${variant}: nothing found`);
  const { trace, sentence, told, cause } = replay;
  const marked = trace.filter(({ deciding }) => deciding !== null);
  const saying = (words: string): TraceStep[] =>
    marked.filter(({ step, deciding }) => told.includes(step) && deciding?.includes(words));
  return { sentence, cause, marked, saying };
}

describe('a flush by broadcast that nobody waited for', () => {
  it.each(['global-switch', 'ping-pong-dontneed'])(
    'names the INVLPGB and who went on (%s)',
    async (scenario) => {
      const { sentence, cause, saying, marked } = await explained('b20c', scenario);
      expect(cause).toBe('the initiator went on before its request had been served');
      expect(sentence).toMatch(
        /CPU(\d) broadcast its flush and went on without a TLBSYNC of its own, before CPU/,
      );
      const [asked] = saying('broadcasts the flush');
      const [left] = saying('without a TLBSYNC');
      expect(asked.text).toMatch(/^invlpgb /);
      expect(left.step).toBeGreaterThan(asked.step);
      expect(left.cpu).toBe(asked.cpu);
      expect(left.functions).not.toContain('broadcast_tlb_flush');
      expect(marked.length).toBeLessThanOrEqual(12);
      // Nobody sends an IPI for it, and that is no fault.
      expect(sentence).not.toContain('IPI');
    },
  );
});

describe('a flush by broadcast of a PCID that the entry is not under', () => {
  it('says what kept the initiator from an IPI, and where the mm got the PCID', async () => {
    const { sentence, cause, saying } = await explained('b20d', 'lazy-full-and-partial');
    expect(cause).toBe('another PCID was flushed');
    expect(sentence).toMatch(
      /flush of PCID (\d), and CPU\d's entry is under PCID (?!\1)\d; it saw asid_transition\(A\) false/,
    );
    const [given] = saying('in global_asid(A)');
    expect(given.functions).toContain('mm_assign_global_asid');
    expect(saying('sees asid_transition(A) false')[0].functions).toContain('mm_in_asid_transition');
  });
});

describe('an assertion of the kernel', () => {
  it('says what its CPU went by, and who stored that', async () => {
    const { sentence, saying } = await explained('b18', 'no-pcid');
    expect(sentence).toMatch(
      /general protection fault; CPU0 read 1 in global_asid\(A\), by CPU0's store of step/,
    );
    expect(saying('CPU0 goes by global_asid(A), which is 1')).toHaveLength(1);
    expect(saying('stores what CPU0 goes by: global_asid(A) is 1')[0].functions).toContain(
      'mm_assign_global_asid',
    );
  });
});

describe('an assertion of a guest', () => {
  it('says what its function had read, and nothing that was read before it', async () => {
    const { sentence, marked } = await explained('b32', 'hyperv-mask-empties');
    expect(sentence).toMatch(
      /; CPU\d read 0x0 in mm_cpumask\(A\), by CPU0's store of step \d+( \(in memory.*\))?$/,
    );
    expect(marked).toHaveLength(2);
  });
});

describe('a round without end in the kernel', () => {
  it('says what repeats', async () => {
    const { sentence, saying } = await explained('b17', 'ping-pong-dontneed');
    expect(sentence).toMatch(
      /CPU\d repeats one step from step \d+ on \(invlpgb no page of PCID \d: its count is 0\)/,
    );
    expect(saying('repeats one step')[0].text).toMatch(/^invlpgb no page/);
  });
});
