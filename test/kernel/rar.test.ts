import { describe, expect, it } from 'vitest';
import { rarBackend } from '../../src/backends/rar.js';
import { FIRST_USER_MM, INIT_MM, TLB_FLUSH_ALL } from '../../src/kernel/constants.js';
import type { Features } from '../../src/kernel/features/index.js';
import { rarV2, rarV3 } from '../../src/kernel/features/rar.js';
import type { KernelCpu } from '../../src/kernel/kernel-cpu.js';
import type { Protocol } from '../../src/machine/protocol.js';
import {
  headerFields,
  RAR_INVPCID_ADDR,
  RAR_INVPCID_ALL,
  RAR_INVPCID_PCID,
  RAR_TYPE_INVPCID,
} from '../../src/machine/remote-actions.js';
import { remoteActions } from '../../src/scenarios/catalogue/remote-actions.js';
import type { Scenario } from '../../src/vocabulary/scenario.js';
import { Bench, quiet, runMany } from './harness.js';

/** A25: what flush, switch, handler and batch do for an mm with a global ASID under RAR. */

const A = FIRST_USER_MM;
const B = A + 1;
/** Three slots, so that the first global ASID is 3. */
const GLOBAL = 3;

/** CPU 0 and 1 run A under its global ASID; CPU 2 is in init_mm. */
function bench(features: Partial<Features> = {}, changes: Partial<Scenario> = {}): Bench {
  const scenario = quiet({
    cpus: 3,
    pages: 64,
    mms: [{ globalAsid: true }, {}],
    start: [{ loadedMm: 0 }, { loadedMm: 0 }, {}],
    ...changes,
  });
  return new Bench(scenario, { backend: rarBackend, features });
}

const flush = (start: number, end: number) =>
  function* (cpu: KernelCpu): Protocol<void> {
    yield* cpu.fn.flushTlbMmRange(cpu, A, start, end, 1, false);
  };
const switchTo = (mm: number) =>
  function* (cpu: KernelCpu): Protocol<void> {
    yield* cpu.localIrqDisable();
    yield* cpu.fn.switchMmIrqsOff(cpu, mm);
    yield* cpu.localIrqEnable();
  };
const seen = (machine: Bench): string[] =>
  machine.ops.filter((op) => /send|rar_locks|rar_in_use|write_cr3|invlpg|invpcid/.test(op));
const payload = (machine: Bench, slot = 0) => {
  const { payloads = 0 } = machine.layout.rar.hardware ?? {};
  const [header, pcid, page] = [0, 1, 2].map((word) => machine.word(payloads + slot * 3 + word));
  return { ...headerFields(header), pcid, page };
};
const mask = (machine: Bench): number => machine.word(machine.layout.mms[A].cpumask);

describe('a flush of an mm with a global ASID', () => {
  it('is one request to the CPUs of its mask, itself among them, under the lock of its payload', () => {
    const machine = bench();
    machine.run(flush(4, 9));
    expect(seen(machine)).toEqual([
      'spin_lock rar_locks[0]',
      'send RAR 0',
      'send RAR 1',
      'spin_unlock rar_locks[0]',
    ]);
    const subtype = RAR_INVPCID_ADDR;
    // One page too many, as posted.
    expect(payload(machine)).toEqual({
      type: RAR_TYPE_INVPCID,
      subtype,
      pageSize: 0,
      pages: 6,
      pcid: GLOBAL + 1,
      page: 4,
    });
  });

  it('is one of the whole PCID where the range does not fit', () => {
    for (const [start, end] of [
      [0, 62],
      [0, TLB_FLUSH_ALL],
    ]) {
      const machine = bench();
      machine.run(flush(start, end));
      expect(payload(machine)).toMatchObject({
        subtype: RAR_INVPCID_PCID,
        pages: 0,
        pcid: GLOBAL + 1,
        page: 0,
      });
    }
    const fits = bench();
    fits.run(flush(0, 61));
    expect(payload(fits)).toMatchObject({ subtype: RAR_INVPCID_ADDR, pages: 62 });
  });

  it('on the only CPU of the mask is flush_tlb_func, which flushes though there is no slot', () => {
    const machine = bench({}, { start: [{ loadedMm: 0 }, {}, {}] });
    machine.run(flush(4, 9));
    expect(seen(machine)).toEqual([`write_cr3 pcid ${GLOBAL + 1} flush`]);
  });

  it('up to v3 is a request to the others, of whichever payload is free, and flush_tlb_func here', () => {
    const machine = bench(rarV3).set(bench().layout.rar.inUse, 1);
    machine.run(flush(4, 9));
    expect(seen(machine)).toEqual([
      'READ_ONCE rar_in_use',
      'atomic_fetch_or rar_in_use 2',
      'send RAR 1',
      'atomic_fetch_and rar_in_use -3',
      `write_cr3 pcid ${GLOBAL + 1} flush`,
    ]);
    expect(payload(machine, 1)).toMatchObject({ pages: 6 });
  });
});

describe('mm_cpumask', () => {
  it('a CPU that is not in it flushes at its switch to a global ASID; one that is does not', () => {
    const outside = bench({}, { start: [{}, { loadedMm: 0 }, {}] });
    outside.run(switchTo(A));
    expect(seen(outside)).toEqual([`write_cr3 pcid ${GLOBAL + 1} flush`]);
    const inside = bench(
      {},
      { start: [{}, { loadedMm: 0 }, {}], mms: [{ globalAsid: true, cpumask: [0] }, {}] },
    );
    inside.run(switchTo(A));
    expect(seen(inside)).toEqual([`write_cr3 pcid ${GLOBAL + 1} no flush`]);
    const forgetful = bench({ rarNewCpuFlushes: false }, { start: [{}, { loadedMm: 0 }, {}] });
    forgetful.run(switchTo(A));
    expect(seen(forgetful)).toEqual([`write_cr3 pcid ${GLOBAL + 1} no flush`]);
  });

  it('is trimmed by an IPI to those that run another mm, and the request then goes to the rest', () => {
    const start = [{ loadedMm: 0 }, { loadedMm: 0 }, { loadedMm: 1 }];
    const machine = bench({}, { start, mms: [{ globalAsid: true, cpumask: [2] }, {}] });
    machine.choices = [7];
    machine.run(flush(0, 1));
    expect(seen(machine).filter((op) => op.startsWith('send'))).toEqual([
      'send IPI 2',
      'send RAR 0',
      'send RAR 1',
    ]);
    expect(mask(machine)).toBe(3);
  });

  it('a lazy CPU that an IPI pushes to init_mm leaves it (since v3)', () => {
    const left = (features: Partial<Features>): readonly number[] => {
      const start = [{ loadedMm: 0 }, { loadedMm: 0, lazy: true }, {}];
      const machine = bench({ ...rarV3, ...features }, { start });
      machine.choices = [7];
      machine.run(flush(0, 1));
      return [machine.word(machine.layout.cpus[1].tlbstate.loadedMm), mask(machine)];
    };
    expect(left({})).toEqual([INIT_MM, 1]);
    expect(left({ rarLazyLeavesMask: false })).toEqual([INIT_MM, 3]);
    // In v2 no IPI goes to it.
    expect(left(rarV2)).toEqual([A, 3]);
  });
});

it('a batch drops everything on its CPUs; with global ASIDs off RAR is never used', () => {
  const machine = bench({}, { mms: [{ globalAsid: true }, {}] });
  machine.run(function* (cpu) {
    yield* cpu.poke(cpu.own.ubc.cpumask, 6);
    yield* cpu.fn.archTlbbatchFlush(cpu);
  });
  expect(payload(machine)).toMatchObject({ subtype: RAR_INVPCID_ALL, pcid: 0 });
  const plain = bench({ globalAsids: false });
  plain.run(flush(0, 1));
  expect(plain.layout.rar.hardware).toBe(null);
  expect(plain.ops.some((op) => op.startsWith('send RAR'))).toBe(false);
  plain.run(switchTo(B));
});

describe('what each part is there for', () => {
  const of = (name: string, features: Partial<Features>, executions: number): Record<string, number> => {
    const scenario = remoteActions.find((one) => one.name === name);
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    return runMany(scenario, { backend: rarBackend, executions, features }).harm;
  };

  it.each<readonly [string, string, Partial<Features>, number, string]>([
    ['new_cpu', 'rar-comes-back', { rarNewCpuFlushes: false }, 100, 'stale-use'],
    ['no slot behind ctxs[]', 'rar-comes-back', { ...rarV3, rarKnowsNoSlot: false }, 40, 'stale-use'],
    ['seeing CPU 0', 'rar-initiators', { rarFlushesTwice: true, rarSeesCpu0: false }, 20, 'stale-use'],
    ['the fence', 'rar-initiators', { rarFencesSignal: false }, 100, 'deadlock'],
    ['counting pages', 'rar-initiators', { rarCountsAllPages: false }, 100, 'stale-use'],
    ['keeping the payload', 'rar-initiators', { rarKeepsPayload: false }, 600, 'stale-use'],
    ['flushing itself', 'rar-initiators', { rarActsOnSelf: false }, 40, 'stale-use'],
  ])('%s', (_, scenario, features, executions, harm) => {
    expect(of(scenario, features, executions)).toHaveProperty(harm);
  });

  it('and nothing is wrong with v4 and v3', () => {
    for (const features of [{}, rarV3])
      for (const { name } of remoteActions) expect([name, of(name, features, 8)]).toEqual([name, {}]);
  });
});
