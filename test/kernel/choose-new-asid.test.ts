import { describe, expect, it } from 'vitest';
import { chooseNewAsid, clearAsidOther } from '../../src/kernel/choose-new-asid.js';
import { FIRST_USER_MM } from '../../src/kernel/constants.js';
import { Bench, quiet } from './harness.js';

/** A4: which slot, and whether to flush. mm A is handle 3 and has ctx_id 2, B 3, C 4. */
const MM_A = FIRST_USER_MM;

type Slot = readonly [ctxId: number, tlbGen: number];

/** A machine whose CPU0 has these slots. */
function withSlots(slots: readonly Slot[], nextAsid = 0, pcid = true): Bench {
  const bench = new Bench(quiet({ slots: slots.length, pcid }));
  const state = bench.layout.cpus[0].tlbstate;
  slots.forEach(([ctxId, tlbGen], asid) => {
    bench.set(state.ctxs[asid].ctxId, ctxId).set(state.ctxs[asid].tlbGen, tlbGen);
  });
  bench.set(state.nextAsid, nextAsid);
  return bench;
}

function choose(bench: Bench, next: number, gen: number): { asid: number; flush: boolean; nextAsid: number } {
  const choice = bench.run((cpu) => chooseNewAsid(cpu, next, gen));
  return {
    asid: choice >> 1,
    flush: (choice & 1) === 1,
    nextAsid: bench.word(bench.layout.cpus[0].tlbstate.nextAsid),
  };
}

describe('choose_new_asid', () => {
  const slots: Slot[] = [
    [2, 5],
    [3, 1],
    [0, 0],
  ];

  it.each([
    ['the slot is behind', 6, { asid: 0, flush: true }],
    ['the slot is up to date', 5, { asid: 0, flush: false }],
    // Strictly less: a slot that claims too much silences flushes.
    ['the slot is ahead', 4, { asid: 0, flush: false }],
  ])('finds the ctx_id: %s', (_name, gen, expected) => {
    expect(choose(withSlots(slots, 1), MM_A, gen)).toEqual({ ...expected, nextAsid: 1 });
  });

  it('finds it in any slot', () => {
    expect(choose(withSlots(slots, 2), MM_A + 1, 1)).toEqual({ asid: 1, flush: false, nextAsid: 2 });
  });

  it('takes the next slot round robin and flushes, whatever was there', () => {
    expect(choose(withSlots(slots, 1), MM_A + 2, 0)).toEqual({ asid: 1, flush: true, nextAsid: 2 });
    expect(choose(withSlots(slots, 2), MM_A + 2, 0)).toEqual({ asid: 2, flush: true, nextAsid: 3 });
  });

  it('wraps to slot 0 and goes on from 1', () => {
    expect(choose(withSlots(slots, 3), MM_A + 2, 0)).toEqual({ asid: 0, flush: true, nextAsid: 1 });
  });

  it('does not clear the victim: the caller overwrites it', () => {
    const bench = withSlots(slots, 0);
    choose(bench, MM_A + 2, 7);
    expect(bench.word(bench.layout.cpus[0].tlbstate.ctxs[0].ctxId)).toBe(2);
    expect(bench.word(bench.layout.cpus[0].tlbstate.ctxs[0].tlbGen)).toBe(5);
  });

  it('without PCIDs is always slot 0 with a flush', () => {
    const bench = withSlots([[2, 5]], 0, false);
    expect(choose(bench, MM_A, 5)).toEqual({ asid: 0, flush: true, nextAsid: 0 });
    expect(bench.ops).toEqual([]);
  });

  it('after a change of kernel mappings drops every slot but the loaded one', () => {
    const bench = withSlots(slots, 2);
    const state = bench.layout.cpus[0].tlbstate;
    bench.set(state.loadedMmAsid, 1).set(state.invalidateOther, 1);
    // A's slot 0 was up to date, and is dirty now.
    expect(choose(bench, MM_A, 5)).toEqual({ asid: 2, flush: true, nextAsid: 3 });
    expect(state.ctxs.map((slot) => bench.word(slot.ctxId))).toEqual([0, 3, 0]);
    expect(bench.word(state.invalidateOther)).toBe(0);
  });

  it('clear_asid_other touches ctx_ids only', () => {
    const bench = withSlots(slots);
    bench.run((cpu) => clearAsidOther(cpu));
    const state = bench.layout.cpus[0].tlbstate;
    expect(state.ctxs.map((slot) => bench.word(slot.tlbGen))).toEqual([5, 1, 0]);
  });
});
