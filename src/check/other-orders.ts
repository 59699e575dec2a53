/** What flush_tlb_func would have done in another order: it is run again on what it would then have read. */
import { INIT_MM } from '../kernel/constants.js';
import * as G from './gates.js';
import type { ModelFlush } from './lab.js';
import type { Replay } from './replay.js';

export class OtherOrders {
  /** By CPU and slot: how far its generation may be lower and higher if what it was taken from came in another order. */
  readonly below: number[][];
  readonly above: number[][];
  /** By CPU: the slot's generation and these bounds before the last flush_func, and whose request that was. */
  readonly before: { gen: number; below: number; above: number; initiator: number; from: number }[] = [];

  constructor(
    readonly replay: Replay,
    cpus: number,
  ) {
    this.below = Array.from({ length: cpus }, () => []);
    this.above = Array.from({ length: cpus }, () => []);
  }

  remember(cpu: number, initiator: number): void {
    const state = this.replay.lab.per(cpu).tlbstate;
    const asid = this.replay.mem[state.loadedMmAsid];
    const from =
      this.replay.events[this.replay.at].kind === 'flush_func' ? this.replay.at : Math.max(0, this.replay.order.previous[this.replay.at]);
    const gen = this.replay.mem[state.ctxs[asid].tlbGen];
    this.before[cpu] = { gen, below: this.below[cpu]?.[asid] ?? 0, above: this.above[cpu]?.[asid] ?? 0, initiator, from };
  }

  setBounds(cpu: number, asid: number, from: number): void {
    const [before, after] = this.replay.races.increments(cpu, this.replay.beliefs.loadedMm(cpu), from, this.replay.at, this.replay.now);
    this.below[cpu][asid] = before;
    this.above[cpu][asid] = after;
  }

  /**
   * Whether flush_tlb_func does what the kernel did if the increments around it came in another order: it is run again on what it would
   * then have read. What it leaves behind stays, if so.
   */
  otherOrder(cpu: number, kernel: ModelFlush | null): boolean {
    const was = this.before[cpu];
    const state = this.replay.lab.per(cpu).tlbstate;
    const mm = this.replay.beliefs.loadedMm(cpu);
    if (was === undefined || mm <= INIT_MM || this.replay.mem[state.isLazy] !== 0 || this.replay.lab.gate(cpu) === G.GATE_SWITCH_MM)
      return false;
    const slot = state.ctxs[this.replay.mem[state.loadedMmAsid]].tlbGen;
    const word = this.replay.genWord(mm);
    const [gen, left] = [this.replay.mem[word], this.replay.mem[slot]];
    const [done, coming] = this.replay.races.increments(cpu, mm, was.from, this.replay.order.next[this.replay.at], this.replay.now);
    const own = this.replay.own;
    for (let slotGen = was.gen - was.below; slotGen <= was.gen + was.above; slotGen++) {
      for (let mmGen = Math.max(slotGen, gen - done); mmGen <= gen + coming; mmGen++) {
        this.replay.mem[slot] = slotGen;
        this.replay.mem[word] = mmGen;
        this.replay.lab.interrupt(cpu, (c) => own.flushTlbFunc(c, was.initiator));
        const flush = this.replay.lab.takeFlush(cpu, -1);
        this.replay.mem[word] = gen;
        if (flush === null ? kernel === null : kernel !== null && flush.pages === kernel.pages && flush.reason === kernel.reason)
          return true;
      }
    }
    this.replay.mem[slot] = left;
    return false;
  }

  racedFlush(cpu: number, mm: number): boolean {
    // A flush belongs to the lines around it: what it read was read since the CPU's line before.
    const [before, after] = this.replay.races.increments(
      cpu,
      mm,
      Math.max(0, this.replay.order.previous[this.replay.at]),
      this.replay.order.next[this.replay.at],
      this.replay.now,
    );
    return before + after > 0;
  }

  slotSet(cpu: number, asid: number): void {
    const switching = this.replay.switches.switches[cpu];
    if (switching === null) return;
    const [before, after] = this.replay.races.increments(cpu, switching.next, switching.index, this.replay.at, this.replay.now);
    this.below[cpu][asid] = before;
    this.above[cpu][asid] = after;
  }
}
