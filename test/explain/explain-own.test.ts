import { describe, expect, it } from 'vitest';
import { NO_MODULES } from '../../src/bundle/modules.js';
import { hunt } from '../../src/explore/hunt.js';
import { InlinePool } from '../../src/explore/inline-pool.js';
import { TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import type { KernelFunctions } from '../../src/kernel/functions.js';
import { replayFinding } from '../../src/replay/replay-finding.js';
import { catalogue } from '../../src/scenarios/catalogue/index.js';
import { defineVariant } from '../../src/variants/define.js';

/**
 * Witnesses against replaced functions that say nothing of themselves: what was flushed, and who waited for
 * whom, is told by the steps.
 */

const scenarios = catalogue.filter(({ name }) =>
  ['ping-pong-dontneed', 'ping-pong-mprotect', 'two-flushers'].includes(name),
);

async function explained(name: string, replace: Partial<KernelFunctions>) {
  const variant = defineVariant({ name, replace });
  const modules = { ...NO_MODULES, variants: [variant] };
  const plan = {
    strategies: ['random', 'pct'],
    seed: 1,
    memory: 'tso' as const,
    jobs: 1,
    pool: new InlinePool(undefined, modules),
  };
  const { finding } = await hunt({ ...plan, variant: name, scenarios, executions: 3_000 });
  if (finding === null) throw new Error('nothing found');
  const { sentence, cause, trace } = replayFinding(finding, true, modules);
  // The cause is found without call stacks as well.
  expect(replayFinding(finding, false, modules).cause).toBe(cause);
  return { sentence, cause, step: trace.find(({ isCause }) => isCause) };
}

const leaves = (pages: number): KernelFunctions['flushTlbFunc'] =>
  function* shortFlush(cpu, initiator) {
    const info = cpu.per[initiator].flushInfo;
    const start = yield* cpu.readOnce(info.start);
    const end = yield* cpu.readOnce(info.end);
    const asid = yield* cpu.readOnce(cpu.own.tlbstate.loadedMmAsid);
    const tlbGen = yield* cpu.readOnce(info.newTlbGen);
    if (end === TLB_FLUSH_ALL) yield* cpu.fn.flushTlbLocal(cpu);
    for (let page = start; page < end - pages; page++) yield* cpu.fn.flushTlbOneUser(cpu, page);
    yield* cpu.fn.storeSlotTlbGen(cpu, asid, tlbGen);
  };

describe('the story of a stale use', () => {
  it('tells a flush function that flushed nothing', async () => {
    const { sentence, cause, step } = await explained('flushes-nothing', { flushTlbFunc: leaves(64) });
    expect(sentence).toMatch(/CPU\d's short_flush flushed nothing of page \d;/);
    expect(cause).toBe('nothing was flushed');
    expect(step?.functions.at(-1)).toMatch(/^short_flush$|^store_slot_tlb_gen$/);
  });

  it('tells that other pages were flushed', async () => {
    const { sentence, cause, step } = await explained('next-page', {
      *flushTlbOneUser(cpu, page) {
        yield* cpu.invlpg(page + 1);
      },
    });
    expect(sentence).toMatch(/CPU\d invalidated page (\d), not page (?!\1)\d; at step/);
    expect(cause).toBe('other pages were flushed');
    expect(step?.text).toMatch(/^invlpg page \d$/);
  });

  it('tells that another PCID was flushed', async () => {
    const { sentence, cause, step } = await explained('next-pcid', {
      *flushTlbLocal(cpu) {
        const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
        const root = yield* cpu.peek(cpu.mms[loadedMm].pgd);
        const asid = yield* cpu.readOnce(cpu.own.tlbstate.loadedMmAsid);
        yield* cpu.writeCr3(root, asid + 2, false);
        yield* cpu.writeCr3(root, asid + 1, true);
      },
    });
    expect(sentence).toMatch(/CPU\d flushed PCID (\d), and the entry is under PCID (?!\1)\d; /);
    expect(cause).toBe('another PCID was flushed');
    expect(step?.text).toMatch(/^CR3 = .*, flush$/);
  });

  it('does not blame an initiator whose target learned of the request by itself', async () => {
    const { sentence, cause, step } = await explained('no-flush-cr3', {
      *loadNewMmCr3(cpu, next, asid, needFlush, nextTlbGen) {
        const root = yield* cpu.peek(cpu.mms[next].pgd);
        const ctxId = yield* cpu.peek(cpu.mms[next].ctxId);
        if (needFlush) yield* cpu.fn.storeSlot(cpu, asid, ctxId, nextTlbGen);
        yield* cpu.writeCr3(root, asid + 1, true);
        yield* cpu.writeOnce(cpu.own.tlbstate.loadedMm, next);
        yield* cpu.writeOnce(cpu.own.tlbstate.loadedMmAsid, asid);
      },
    });
    expect(sentence).toMatch(/sent no IPI; CPU\d loaded PCID \d without a flush; /);
    expect(cause).toBe('nothing was flushed');
    expect(step?.text).toMatch(/^tlb_gen\([AB]\) is \d+$/);
  });

  it('tells an initiator that did not wait', async () => {
    const { sentence, cause } = await explained('no-wait', {
      *waitForCsds(cpu) {
        yield* cpu.smpMb();
      },
    });
    expect(sentence).toMatch(/CPU\d went on before CPU\d had served its request; /);
    expect(cause).toBe('the initiator went on before its request had been served');
  });
});
