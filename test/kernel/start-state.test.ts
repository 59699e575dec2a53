import { describe, expect, it } from 'vitest';
import { FIRST_USER_MM, INIT_MM, MM_NULL, VM_NONE, VM_READ, VM_WRITE } from '../../src/kernel/constants.js';
import { MM_ALIVE, MM_DEAD } from '../../src/kernel/sched.js';
import * as H from '../../src/machine/hardware.js';
import { run, script } from '../../src/scenarios/steps.js';
import { Bench, quiet } from './harness.js';

/** What a scenario says of the start, in memory. */
const MM_A = FIRST_USER_MM;
const image = (changes: Parameters<typeof quiet>[0]) => {
  const bench = new Bench(quiet(changes));
  const word = (address: number): number => bench.program.image[address];
  const hardware = (cpu: number, field: number): number =>
    word(bench.layout.hardwareBase + cpu * H.HW_WORDS + field);
  return { ...bench.layout, word, hardware };
};

describe('the start', () => {
  it('by default: everybody on init_mm, interrupts on, mms at generation 1 with all pages writable', () => {
    const { cpus, mms, word, hardware } = image({});
    const { tlbstate, current } = cpus[1];
    expect([
      word(tlbstate.loadedMm),
      word(tlbstate.isLazy),
      word(current.mm),
      word(current.activeMm),
    ]).toEqual([INIT_MM, 0, MM_NULL, INIT_MM]);
    expect([hardware(1, H.IF), hardware(1, H.CR3_PCID), hardware(1, H.CR3_ROOT)]).toEqual([
      1,
      1,
      word(mms[INIT_MM].pgd),
    ]);
    expect([
      word(mms[MM_A].alive),
      word(mms[MM_A].tlbGen),
      word(mms[MM_A].cpumask),
      word(mms[MM_A].vmas + 2),
    ]).toEqual([MM_ALIVE, 1, 0, VM_READ | VM_WRITE]);
    // ctx_ids are never 0 and never shared.
    const ids = [INIT_MM, MM_A, MM_A + 1, MM_A + 2].map((mm) => word(mms[mm].ctxId));
    expect(new Set([0, ...ids]).size).toBe(5);
  });

  it('an mm that is loaded: mask, slot, CR3 and cursor agree', () => {
    const { cpus, mms, word, hardware } = image({
      mms: [{ tlbGen: 7 }],
      start: [{}, { loadedMm: 0, loadedMmAsid: 2 }],
    });
    const { tlbstate, current } = cpus[1];
    expect([word(tlbstate.loadedMm), word(tlbstate.loadedMmAsid), word(current.mm)]).toEqual([MM_A, 2, MM_A]);
    expect([word(tlbstate.ctxs[2].ctxId), word(tlbstate.ctxs[2].tlbGen), word(tlbstate.nextAsid)]).toEqual([
      word(mms[MM_A].ctxId),
      7,
      3,
    ]);
    expect([hardware(1, H.CR3_ROOT), hardware(1, H.CR3_PCID)]).toEqual([word(mms[MM_A].pgd), 3]);
    expect([word(mms[MM_A].cpumask), word(mms[MM_A].mmUsers), word(mms[MM_A].mmCount)]).toEqual([2, 1, 1]);
  });

  it('slots of earlier tenures keep their generations, and masks their bits', () => {
    const { cpus, mms, word } = image({
      mms: [{ tlbGen: 9, cpumask: [0] }, {}],
      start: [{ loadedMm: 1, loadedMmAsid: 1, slots: [{ mm: 0, tlbGen: 4 }, null], nextAsid: 0 }],
    });
    const { tlbstate } = cpus[0];
    expect([word(tlbstate.ctxs[0].ctxId), word(tlbstate.ctxs[0].tlbGen)]).toEqual([word(mms[MM_A].ctxId), 4]);
    expect([word(tlbstate.ctxs[1].tlbGen), word(tlbstate.nextAsid)]).toEqual([1, 0]);
    expect([word(mms[MM_A].cpumask), word(mms[MM_A + 1].cpumask)]).toEqual([1, 1]);
  });

  it('a lazy CPU borrows its mm and has no thread of it', () => {
    const { cpus, mms, word } = image({ start: [{ loadedMm: 0, lazy: true }] });
    const { tlbstate, current } = cpus[0];
    expect([word(tlbstate.isLazy), word(current.mm), word(current.activeMm)]).toEqual([1, MM_NULL, MM_A]);
    expect([word(mms[MM_A].mmUsers), word(mms[MM_A].mmCount)]).toEqual([0, 2]);
  });

  it('an mm has one thread per CPU whose script runs it', () => {
    const { cpus, mms, word } = image({
      cpus: 3,
      scripts: [script(run(0), run(1), run(0)), script(run(0)), []],
    });
    expect([word(mms[MM_A].mmUsers), word(mms[MM_A + 1].mmUsers)]).toEqual([2, 1]);
    expect(cpus.map(({ current }) => word(current.threads + MM_A))).toEqual([1, 1, 0]);
  });

  it('an mm that is not alive has nothing', () => {
    const { mms, word } = image({ mms: [{}, { alive: false }] });
    const dead = mms[MM_A + 1];
    expect([dead.alive, dead.ctxId, dead.pgd, dead.mmUsers, dead.mmCount].map(word)).toEqual([
      MM_DEAD,
      0,
      0,
      0,
      0,
    ]);
  });

  it('VMAs are where the scenario has them', () => {
    const { mms, word } = image({
      mms: [
        {
          vmas: [
            [0, 1, true],
            [2, 3, false],
          ],
        },
      ],
    });
    expect([0, 1, 2].map((page) => word(mms[MM_A].vmas + page))).toEqual([
      VM_READ | VM_WRITE,
      VM_NONE,
      VM_READ,
    ]);
  });

  it('without PCIDs CR3 has PCID 0', () => {
    expect(image({ pcid: false, slots: 1, start: [{ loadedMm: 0 }] }).hardware(0, H.CR3_PCID)).toBe(0);
  });
});
