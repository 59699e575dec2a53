/**
 * What is known of each CPU. A recording begins on a running system: until a line shows a CPU's mm or one of its slots, the model has
 * nothing to decide from, and takes the first sight over (`learnt`).
 */
import { INIT_MM } from '../kernel/constants.js';
import type { EventOf } from '../trace/events.js';
import { type Lab, SLOTS } from './lab.js';
import type { Mms } from './mms.js';

export interface CpuView {
  /** Whether the loaded mm is known. */
  mmKnown: boolean;
  /** Known from enter_lazy only, which names the borrowed mm: the CPU may have been pushed to init_mm before. */
  tentative: boolean;
  lazyKnown: boolean;
  /** By slot: whether its mm is known. */
  readonly slotKnown: boolean[];
  /** The slot that stands in for the loaded mm's while its number is unknown; -1 when there is none. */
  standIn: number;
  /** By slot that stands in for one: whether that one may have been handed to another mm since. */
  readonly mayBeGone: boolean[];
  /** By slot: whether its generation is known. */
  readonly genKnown: boolean[];
  cursorKnown: boolean;
  /** Where the cursor is if a slot taken over was not handed out in turn but found; -1 when there is no doubt. */
  cursorDoubt: number;
  /** Whether the current task is the idle task. */
  idle: boolean;
}

export class Beliefs {
  readonly cpus: CpuView[];

  constructor(
    private readonly lab: Lab,
    private readonly mms: Mms,
    private readonly pcid: boolean,
  ) {
    this.cpus = Array.from({ length: lab.cpus }, () => ({
      mmKnown: false,
      tentative: false,
      lazyKnown: false,
      slotKnown: new Array<boolean>(SLOTS).fill(false),
      standIn: -1,
      mayBeGone: new Array<boolean>(SLOTS).fill(false),
      genKnown: new Array<boolean>(SLOTS).fill(false),
      cursorKnown: false,
      cursorDoubt: -1,
      idle: false,
    }));
    for (let id = 0; id < lab.cpus; id++) {
      const state = lab.per(id).tlbstate;
      lab.mem[state.loadedMm] = mms.unknown;
      lab.mem[state.isLazy] = 0;
      for (const slot of state.ctxs) lab.mem[slot.ctxId] = 0;
    }
  }

  loadedMm(cpu: number): number {
    return this.lab.mem[this.lab.per(cpu).tlbstate.loadedMm];
  }
  private ctxId(handle: number): number {
    return this.lab.mem[this.lab.layout.mms[handle].ctxId];
  }
  slotOf(cpu: number, handle: number): number {
    const wanted = this.ctxId(handle);
    return this.lab.per(cpu).tlbstate.ctxs.findIndex((slot) => this.lab.mem[slot.ctxId] === wanted);
  }
  setSlot(cpu: number, slot: number, ctxId: number, gen: number): void {
    const words = this.lab.per(cpu).tlbstate.ctxs[slot];
    this.lab.mem[words.ctxId] = ctxId;
    this.lab.mem[words.tlbGen] = gen;
  }
  private mmGen(handle: number): number {
    return this.lab.mem[this.lab.layout.mms[handle].tlbGen];
  }
  setBit(cpu: number, handle: number, on: boolean): void {
    if (handle === INIT_MM) return;
    const word = this.lab.layout.mms[handle].cpumask + (cpu >> 5);
    if (on) this.lab.mem[word] |= 1 << (cpu & 31);
    else this.lab.mem[word] &= ~(1 << (cpu & 31));
  }

  /** First sight of the mm that a CPU has loaded. */
  learnMm(cpu: number, handle: number, tentative: boolean): void {
    const view = this.cpus[cpu];
    const state = this.lab.per(cpu).tlbstate;
    if (view.mmKnown) this.setBit(cpu, this.loadedMm(cpu), false);
    view.mmKnown = true;
    view.tentative = tentative;
    this.lab.mem[state.loadedMm] = handle;
    this.setBit(cpu, handle, true);
    const known = this.slotOf(cpu, handle);
    const slot = known >= 0 ? known : this.pcid ? Math.max(0, view.slotKnown.indexOf(false)) : 0;
    view.standIn = this.pcid && known < 0 ? slot : -1;
    if (known < 0) {
      this.setSlot(cpu, slot, this.ctxId(handle), this.mmGen(handle));
      view.genKnown[slot] = false;
      view.mayBeGone[slot] = false;
    }
    this.lab.mem[state.loadedMmAsid] = slot;
    if (!view.lazyKnown) this.setLazy(cpu, view.idle && handle !== INIT_MM, view.idle);
  }

  /**
   * A switch that began before the file is over: what was taken of the CPU's mm from masks since is that of the mm before, and whatever it has
   * loaded now, it is not lazy.
   */
  switched(cpu: number): void {
    const view = this.cpus[cpu];
    if (view.mmKnown) this.setBit(cpu, this.loadedMm(cpu), false);
    view.mmKnown = false;
    view.tentative = false;
    if (view.standIn >= 0) this.setSlot(cpu, view.standIn, 0, 0);
    view.standIn = -1;
    view.idle = false;
    this.lab.mem[this.lab.per(cpu).tlbstate.loadedMm] = this.mms.unknown;
    this.setLazy(cpu, false, true);
  }

  /** The CPU has an mm loaded that is in none of its slots (it has a global ASID). */
  hasLoaded(cpu: number, handle: number): void {
    const view = this.cpus[cpu];
    if (view.mmKnown && view.standIn >= 0) view.standIn = -1;
    view.mmKnown = true;
    view.tentative = false;
    this.lab.mem[this.lab.per(cpu).tlbstate.loadedMm] = handle;
    this.setBit(cpu, handle, true);
    this.setLazy(cpu, false, true);
  }

  setLazy(cpu: number, lazy: boolean, known: boolean): void {
    this.cpus[cpu].lazyKnown ||= known;
    this.lab.mem[this.lab.per(cpu).tlbstate.isLazy] = lazy ? 1 : 0;
  }

  /**
   * The generation of the loaded mm's slot is unknown and the recording shows what was decided from it: the model is given one that
   * makes it decide the same. `gap`: how far behind the mm's generation (0: up to date).
   */
  learnSlotGen(cpu: number, gap: number): void {
    const state = this.lab.per(cpu).tlbstate;
    const asid = this.lab.mem[state.loadedMmAsid];
    this.lab.mem[state.ctxs[asid].tlbGen] = Math.max(0, this.mmGen(this.loadedMm(cpu)) - gap);
    this.cpus[cpu].genKnown[asid] = true;
  }
  /** Whether the generation of the loaded mm's slot is known. */
  slotGenKnown(cpu: number): boolean {
    return this.cpus[cpu].genKnown[this.lab.mem[this.lab.per(cpu).tlbstate.loadedMmAsid]];
  }

  /**
   * Before a switch to `next` whose CR3 write is known: puts into the slots and the cursor what this CR3 write is the first sight of.
   * Returns whether slot choice and flush bit of this switch are learnt rather than decided.
   */
  prepareSwitch(cpu: number, next: number, cr3: EventOf<'write_cr3'>): { slot: boolean; flush: boolean } {
    if (!this.pcid) return { slot: false, flush: false };
    const view = this.cpus[cpu];
    const state = this.lab.per(cpu).tlbstate;
    const chosen = cr3.pcid - 1;
    if (chosen < 0 || chosen >= SLOTS) return { slot: false, flush: false };
    if (this.loadedMm(cpu) === next) return this.prepareReload(cpu, chosen);
    const found = this.slotOf(cpu, next);
    const decided = { slot: false, flush: false };
    if (found >= 0 && view.slotKnown[found]) return decided;
    const gen = this.mmGen(next);
    const isGone = found >= 0 && view.slotKnown[chosen] && view.mayBeGone[found];
    if (isGone) this.setSlot(cpu, found, 0, 0);
    else if (found >= 0) {
      // A stand-in: the real slot is seen now.
      if (view.slotKnown[chosen]) return decided;
      const words = state.ctxs[found];
      const known = view.genKnown[found];
      const stood = { ctxId: this.lab.mem[words.ctxId], gen: known ? this.lab.mem[words.tlbGen] : cr3.noFlush ? gen : gen - 1 };
      this.moveStandIn(cpu, found, chosen);
      this.setSlot(cpu, chosen, stood.ctxId, stood.gen);
      view.slotKnown[chosen] = true;
      return { slot: true, flush: !known };
    }
    if (view.slotKnown[chosen]) {
      // Another mm's slot: handed out in turn.
      if (view.cursorDoubt === chosen) {
        view.cursorDoubt = -1;
        this.setCursor(cpu, chosen);
        return { slot: true, flush: false };
      }
      view.cursorDoubt = -1;
      if (view.cursorKnown) return decided;
      this.setCursor(cpu, chosen);
      return { slot: true, flush: false };
    }
    view.slotKnown[chosen] = true;
    const held = state.ctxs[chosen];
    if (this.lab.mem[held.ctxId] !== 0) this.moveStandIn(cpu, chosen, -1);
    // A slot that was flushed may have been another mm's, which no line had shown.
    if (!cr3.noFlush) for (let slot = 0; slot < SLOTS; slot++) view.mayBeGone[slot] ||= !view.slotKnown[slot];
    const handedOut = !cr3.noFlush && (this.mms.view(next).born || (view.cursorKnown && this.cursor(cpu) === chosen));
    if (handedOut) {
      if (!this.mms.view(next).born) view.cursorDoubt = chosen;
      this.setCursor(cpu, chosen);
      return { slot: true, flush: true };
    }
    this.setSlot(cpu, chosen, this.ctxId(next), cr3.noFlush ? gen : gen - 1);
    return { slot: true, flush: true };
  }

  private prepareReload(cpu: number, chosen: number): { slot: boolean; flush: boolean } {
    const view = this.cpus[cpu];
    const state = this.lab.per(cpu).tlbstate;
    const asid = this.lab.mem[state.loadedMmAsid];
    if (view.standIn !== asid) return { slot: false, flush: false };
    const words = state.ctxs[asid];
    const stood = { ctxId: this.lab.mem[words.ctxId], gen: this.lab.mem[words.tlbGen] };
    const known = view.genKnown[asid];
    this.moveStandIn(cpu, asid, chosen);
    this.setSlot(cpu, chosen, stood.ctxId, stood.gen);
    view.genKnown[chosen] = known;
    this.lab.mem[state.loadedMmAsid] = chosen;
    view.slotKnown[chosen] = true;
    view.standIn = -1;
    return { slot: true, flush: false };
  }

  /** Frees a stand-in's place; what stands at `to` (if anything does) moves to a free place. */
  private moveStandIn(cpu: number, from: number, to: number): void {
    const state = this.lab.per(cpu).tlbstate;
    const view = this.cpus[cpu];
    const place = to >= 0 ? to : from;
    const words = state.ctxs[place];
    const displaced = { ctxId: this.lab.mem[words.ctxId], gen: this.lab.mem[words.tlbGen] };
    const known = view.genKnown[place];
    this.setSlot(cpu, from, 0, 0);
    if (displaced.ctxId === 0 || (to >= 0 && to === from)) return;
    const free = state.ctxs.findIndex((slot, index) => index !== place && !view.slotKnown[index] && this.lab.mem[slot.ctxId] === 0);
    if (view.standIn === place) view.standIn = free;
    if (free < 0) return;
    this.setSlot(cpu, free, displaced.ctxId, displaced.gen);
    view.genKnown[free] = known;
    view.mayBeGone[free] = view.mayBeGone[place];
    if (this.lab.mem[state.loadedMmAsid] === place) this.lab.mem[state.loadedMmAsid] = free;
  }

  private cursor(cpu: number): number {
    const cursor = this.lab.mem[this.lab.per(cpu).tlbstate.nextAsid];
    return cursor >= SLOTS ? 0 : cursor;
  }
  setCursor(cpu: number, slot: number): void {
    this.lab.mem[this.lab.per(cpu).tlbstate.nextAsid] = slot;
    this.cpus[cpu].cursorKnown = true;
  }
}
