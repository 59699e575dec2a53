/** switch_mm_irqs_off with its CR3 write, and enter_lazy_tlb. */
import { INIT_MM, LOADED_MM_SWITCHING } from '../kernel/constants.js';
import type { EventOf } from '../trace/events.js';
import * as G from './gates.js';
import { SLOTS } from './lab.js';
import type { Replay } from './replay.js';

interface Switching {
  readonly index: number;
  readonly slotLearnt: boolean;
  readonly flushLearnt: boolean;
  readonly next: number;
}

export class Switches {
  readonly switches: (Switching | null)[];
  readonly later: number[] = [];
  readonly cr3Raced: boolean[] = [];
  /** By CPU: whether the last CR3 write was that of a switch that began before the file. */
  readonly headless: boolean[] = [];
  readonly pendingSwitch: number[] = [];
  readonly inFlush: boolean[] = [];

  constructor(
    readonly replay: Replay,
    cpus: number,
  ) {
    this.switches = new Array<Switching | null>(cpus).fill(null);
  }

  /** Takes the switch_mm that waits for its CR3 write, if one does. */
  beginSwitch(cpu: number): boolean {
    const from = this.later[cpu] ?? -1;
    this.later[cpu] = -1;
    const line = this.replay.events[from];
    if (line?.kind !== 'switch_mm') return false;
    const at = this.replay.at;
    this.replay.at = from;
    this.switchMm(cpu, line);
    this.replay.at = at;
    return true;
  }

  /** The CPU has switched where the model does not follow. */
  drop(cpu: number): void {
    this.beginSwitch(cpu);
    this.runSwitch(cpu);
    this.later[cpu] = -1;
    this.switches[cpu] = null;
    this.headless[cpu] = false;
  }

  /** Another CPU has seen that this one's switch is under way: the model does what it has not done of it yet. */
  seenSwitching(cpu: number): void {
    if (this.beginSwitch(cpu)) this.runSwitch(cpu);
  }

  switchMm(cpu: number, event: EventOf<'switch_mm'>): void {
    const next = this.replay.named(event.next, event.nctx);
    const view = this.replay.beliefs.cpus[cpu];
    const cr3 = this.replay.order.cr3Of(this.replay.at);
    const inFlush = this.replay.lab.gate(cpu) === G.GATE_SWITCH_MM && this.replay.lab.gateArgument(cpu) === next;
    if (!inFlush) this.replay.requests.finish(cpu);
    this.replay.values.compareGen(cpu, next, event.ngen, 'ngen');
    if (!view.mmKnown && event.prev !== '0x0') {
      // `prev` is the task's active_mm. A lazy CPU that a flush found has left it for init_mm, and its mask: seen where it comes back to it.
      const left = event.prev === event.next && ((event.ncpus >> BigInt(cpu)) & 1n) === 0n;
      this.replay.beliefs.learnMm(cpu, left ? INIT_MM : this.replay.mms.handle(event.prev), false);
    }
    this.replay.values.compareMask('ncpus', cpu, next, this.replay.maskOf(next), event.ncpus);
    const reload = this.replay.beliefs.loadedMm(cpu) === next;
    if (!view.lazyKnown) this.replay.beliefs.setLazy(cpu, reload && cr3 !== null, true);
    let genLearnt = false;
    if (reload && !this.replay.beliefs.slotGenKnown(cpu) && this.replay.mem[this.replay.lab.per(cpu).tlbstate.isLazy] !== 0) {
      this.replay.beliefs.learnSlotGen(cpu, cr3 === null ? 0 : 1);
      genLearnt = true;
    }
    const learnt = cr3 === null ? { slot: false, flush: false } : this.replay.beliefs.prepareSwitch(cpu, next, cr3);
    this.switches[cpu] = { index: this.replay.at, slotLearnt: learnt.slot, flushLearnt: learnt.flush || genLearnt, next };
    this.inFlush[cpu] = inFlush;
    this.pendingSwitch[cpu] = next;
    if (cr3 === null) this.runSwitch(cpu);
    view.mmKnown = true;
    view.tentative = false;
    if (cr3 === null && this.replay.order.after(this.replay.at)?.kind !== 'tlb_flush') {
      if (this.replay.lab.gate(cpu) === G.GATE_CR3 && this.replay.order.isLast(this.replay.at)) {
        // The file ends between the switch and its CR3 write.
        this.replay.board.learn('no tlb_flush');
      } else if (this.replay.lab.gate(cpu) === G.GATE_CR3) {
        const asid = this.replay.lab.gateArgument(cpu);
        const bounds = (this.replay.orders.below[cpu]?.[asid] ?? 0) + (this.replay.orders.above[cpu]?.[asid] ?? 0);
        this.replay.differ('no tlb_flush', 'no CR3 write', 'a CR3 write', bounds > 0 || this.replay.orders.racedFlush(cpu, next));
        this.replay.lab.abandon(cpu);
        this.replay.mem[this.replay.lab.per(cpu).tlbstate.ctxs[asid].tlbGen] = this.replay.mem[this.replay.genWord(next)];
        this.replay.mem[this.replay.lab.per(cpu).tlbstate.loadedMm] = next;
      } else if (genLearnt) this.replay.board.learn('no tlb_flush');
      else this.replay.board.agree('no tlb_flush');
      this.switches[cpu] = null;
    }
  }

  writeCr3(cpu: number, event: EventOf<'write_cr3'>): void {
    const state = this.replay.lab.per(cpu).tlbstate;
    const asid = event.pcid === 0 ? 0 : event.pcid - 1;
    this.cr3Raced[cpu] = false;
    this.headless[cpu] = this.replay.order.isFirst(this.replay.at);
    if (this.headless[cpu]) {
      // The file begins between the switch and its CR3 write: whose slot this is, is not known.
      for (const kind of ['pcid', 'slot', 'flush bit'] as const) this.replay.board.learn(kind);
      this.replay.beliefs.switched(cpu);
      return;
    }
    this.runSwitch(cpu);
    if (this.replay.lab.gate(cpu) === G.GATE_CR3) {
      this.replay.lab.run(cpu, true);
    } else {
      const switching = this.switches[cpu];
      const next = switching?.next ?? this.replay.beliefs.loadedMm(cpu);
      const [before, after] = this.replay.races.increments(cpu, next, switching?.index ?? this.replay.at, this.replay.at, this.replay.now);
      const raced = before + after > 0;
      this.cr3Raced[cpu] = raced;
      for (const kind of ['pcid', 'slot', 'flush bit'] as const) this.replay.differ(kind, this.cr3Text(event), 'no CR3 write', raced);
      if (next > LOADED_MM_SWITCHING && asid < SLOTS) {
        const gen = this.replay.mem[this.replay.genWord(next)];
        const own = this.replay.own;
        this.replay.requests.finish(cpu);
        this.replay.mem[state.loadedMm] = next;
        this.replay.beliefs.setSlot(cpu, asid, this.replay.mem[this.replay.lab.layout.mms[next].ctxId], gen);
        this.replay.lab.start(cpu, (c) => own.loadNewMmCr3(c, next, asid, !event.noFlush, gen), true);
      }
    }
    const view = this.replay.beliefs.cpus[cpu];
    view.standIn = -1;
    if (asid < SLOTS) {
      view.genKnown[asid] = true;
      view.slotKnown[asid] = true;
      if (!event.noFlush) this.replay.orders.slotSet(cpu, asid);
    }
  }

  runSwitch(cpu: number): void {
    const next = this.pendingSwitch[cpu] ?? 0;
    this.pendingSwitch[cpu] = 0;
    if (next === 0) return;
    if (this.inFlush[cpu]) {
      this.replay.lab.run(cpu, false);
      return;
    }
    const own = this.replay.own;
    this.replay.lab.start(cpu, (c) => own.switchMmIrqsOff(c, next));
  }

  cr3Text(event: EventOf<'write_cr3'>): string {
    return `PCID ${event.pcid}, ${event.noFlush ? 'no flush' : 'flush'}`;
  }

  judgeCr3(cpu: number, asid: number, flush: boolean): number {
    const event = this.replay.events[this.replay.at];
    if (event.kind !== 'write_cr3') return asid * 2 + (flush ? 1 : 0);
    const switching = this.switches[cpu];
    const next = switching?.next ?? INIT_MM;
    const ctxs = this.replay.lab.per(cpu).tlbstate.ctxs;
    const holds = (slot: number): boolean => this.replay.mem[ctxs[slot].ctxId] === this.replay.mem[this.replay.lab.layout.mms[next].ctxId];
    const pcid = event.pcid === 0 ? 0 : asid + 1;
    const kernelAsid = event.pcid === 0 ? 0 : Math.min(SLOTS - 1, event.pcid - 1);
    if (switching?.slotLearnt === true) {
      this.replay.board.learn('pcid');
      this.replay.board.learn('slot');
    } else if (pcid === event.pcid) {
      this.replay.board.agree('pcid');
      this.replay.board.agree('slot');
    } else {
      this.replay.differ('pcid', String(event.pcid), String(pcid), false);
      const text = (slot: number): string => (holds(slot) ? 'used again' : 'next in turn');
      this.replay.differ('slot', `${text(kernelAsid)} (${kernelAsid})`, `${text(asid)} (${asid})`, false);
      if (!holds(kernelAsid)) this.replay.beliefs.setCursor(cpu, kernelAsid + 1);
    }
    if (switching?.flushLearnt === true) this.replay.board.learn('flush bit');
    else if (flush === !event.noFlush) this.replay.board.agree('flush bit');
    else {
      const [before, after] = this.replay.races.increments(cpu, next, switching?.index ?? this.replay.at, this.replay.at, this.replay.now);
      // Only a slot that holds the mm can be found up to date, whatever was counted when.
      const canBe = !event.noFlush || (event.pcid !== 0 && holds(kernelAsid));
      this.cr3Raced[cpu] =
        canBe &&
        before + after + (this.replay.orders.below[cpu]?.[kernelAsid] ?? 0) + (this.replay.orders.above[cpu]?.[kernelAsid] ?? 0) > 0;
      this.replay.differ('flush bit', event.noFlush ? 'no flush' : 'flush', flush ? 'flush' : 'no flush', this.cr3Raced[cpu]);
      // The kernel found the slot up to date.
      if (event.noFlush && !this.cr3Raced[cpu]) this.replay.mem[ctxs[kernelAsid].tlbGen] = this.replay.mem[this.replay.genWord(next)];
    }
    return kernelAsid * 2 + (event.noFlush ? 0 : 1);
  }

  enterLazy(cpu: number, event: EventOf<'enter_lazy'>): void {
    this.replay.requests.finish(cpu);
    const view = this.replay.beliefs.cpus[cpu];
    if (!view.mmKnown) this.replay.beliefs.learnMm(cpu, this.replay.mms.handle(event.mm), true);
    view.lazyKnown = true;
    this.replay.lab.start(cpu, (c) => c.fn.enterLazyTlb(c));
  }
}
