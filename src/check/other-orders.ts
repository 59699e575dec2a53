/** What flush_tlb_func would have done in another order: it is run again on what it would then have read. */
import { INIT_MM } from '../kernel/constants.js';
import * as G from './gates.js';
import type { Context } from './judgement.js';
import type { ModelFlush } from './lab.js';
import { genWord, isLazy, loadedAsid, loadedMm, type State, underGlobalAsid } from './state.js';

/**
 * Index of the line from which on what the flush at `ctx.at` read can have been read: the CPU's line before.
 */
const readFrom = (ctx: Context): number => Math.max(0, ctx.order.previous[ctx.at]);

/** Notes what the flush_tlb_func that is about to run for `initiator` begins from. */
export function noteBefore(s: State, cpu: number, initiator: number, ctx: Context): void {
  const asid = loadedAsid(s, cpu);
  const { below, above } = s.cpus[cpu].slot(asid);
  const gen = underGlobalAsid(s, cpu) ? 0 : s.mem[s.lab.per(cpu).tlbstate.ctxs[asid].tlbGen];
  const from = ctx.order.events[ctx.at].kind === 'flush_func' ? ctx.at : readFrom(ctx);
  s.cpus[cpu].beforeFlush = { gen, below, above, initiator, from };
}

/** The slot's generation was taken from the mm's, read between `from` and now: how far off it may be. */
export function setBounds(s: State, cpu: number, asid: number, mm: number, from: number, ctx: Context): void {
  const [below, above] = ctx.races.increments(cpu, mm, from, ctx.at, ctx.now);
  Object.assign(s.cpus[cpu].slot(asid), { below, above });
}

/**
 * The slot's generation with which flush_tlb_func does what the kernel did if the increments around it came
 * in another order: it is run again on what it would then have read. Null when no order explains it.
 */
export function otherOrder(s: State, cpu: number, kernel: ModelFlush | null, ctx: Context): number | null {
  const was = s.cpus[cpu].beforeFlush;
  const mm = loadedMm(s, cpu);
  if (was === null || mm <= INIT_MM || isLazy(s, cpu) || s.lab.gate(cpu) === G.GATE_SWITCH_MM) return null;
  if (underGlobalAsid(s, cpu)) return null;
  const slot = s.lab.per(cpu).tlbstate.ctxs[loadedAsid(s, cpu)].tlbGen;
  const word = genWord(s, mm);
  const [gen, left] = [s.mem[word], s.mem[slot]];
  const [done, coming] = ctx.races.increments(cpu, mm, was.from, ctx.order.next[ctx.at], ctx.now);
  let explained: number | null = null;
  for (let slotGen = was.gen - was.below; slotGen <= was.gen + was.above && explained === null; slotGen++) {
    for (let mmGen = Math.max(slotGen, gen - done); mmGen <= gen + coming && explained === null; mmGen++) {
      s.mem[slot] = slotGen;
      s.mem[word] = mmGen;
      s.lab.interrupt(cpu, (c) => s.own.flushTlbFunc(c, was.initiator));
      const flush = s.lab.takeFlush(cpu, -1);
      if (flush?.pages === kernel?.pages && flush?.reason === kernel?.reason) explained = s.mem[slot];
    }
  }
  s.mem[word] = gen;
  s.mem[slot] = left;
  return explained;
}

/** Whether increments around the line can have come in another order. */
export function racedFlush(cpu: number, mm: number, ctx: Context): boolean {
  const [before, after] = ctx.races.increments(cpu, mm, readFrom(ctx), ctx.order.next[ctx.at], ctx.now);
  return before + after > 0;
}
