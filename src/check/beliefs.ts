/**
 * What is known of each CPU. A recording begins on a running system: until a line shows a CPU's mm or one of
 * its slots, the model has nothing to decide from, and takes the first sight over (`learnt`).
 */
import { INIT_MM } from '../kernel/constants.js';
import type { EventOf } from '../trace/events.js';
import { SLOTS } from './lab.js';
import { ctxIdOf, genOf, loadedAsid, loadedMm, maskWord, type State } from './state.js';

/** Whether slot choice and flush bit of a switch are learnt rather than decided. */
interface FirstSight {
  readonly slot: boolean;
  readonly flush: boolean;
}
const DECIDED: FirstSight = { slot: false, flush: false };

export function slotOf(s: State, cpu: number, handle: number): number {
  const wanted = ctxIdOf(s, handle);
  return s.lab.per(cpu).tlbstate.ctxs.findIndex((slot) => s.mem[slot.ctxId] === wanted);
}

export function setSlot(s: State, cpu: number, slot: number, ctxId: number, gen: number): void {
  const words = s.lab.per(cpu).tlbstate.ctxs[slot];
  s.mem[words.ctxId] = ctxId;
  s.mem[words.tlbGen] = gen;
}

export function setSlotGen(s: State, cpu: number, slot: number, gen: number): void {
  if (slot < SLOTS) s.mem[s.lab.per(cpu).tlbstate.ctxs[slot].tlbGen] = gen;
}

export function setBit(s: State, cpu: number, handle: number, on: boolean): void {
  if (handle === INIT_MM) return;
  if (on) s.mem[maskWord(s, handle)] |= 1 << cpu;
  else s.mem[maskWord(s, handle)] &= ~(1 << cpu);
}

/**
 * Whether a CPU whose task brings an mm along cannot have it loaded: its bit, which stays set for as long as
 * it has, is not in the mm's mask. A lazy CPU that a flush found has left the mm for init_mm, and the next
 * flush took it out of the mask.
 */
export function hasLeft(s: State, cpu: number, handle: number): boolean {
  return s.lazyCpumask && s.mms.view(handle).maskSeen && (s.mem[maskWord(s, handle)] & (1 << cpu)) === 0;
}

/** First sight of the mm that a CPU has loaded. */
export function learnMm(s: State, cpu: number, handle: number, tentative: boolean): void {
  const view = s.cpus[cpu];
  const state = s.lab.per(cpu).tlbstate;
  if (view.mmKnown) setBit(s, cpu, loadedMm(s, cpu), false);
  view.mmKnown = true;
  view.tentative = tentative;
  s.mem[state.loadedMm] = handle;
  setBit(s, cpu, handle, true);
  if (!view.lazyKnown) setLazy(s, cpu, view.idle && handle !== INIT_MM, view.idle);
  view.mayHaveFollowed = false;
  const globalAsid = s.broadcasts ? s.mem[s.lab.layout.globalAsids.asid[handle]] : 0;
  if (globalAsid !== 0) {
    learnGlobalAsid(s, cpu, handle);
    return;
  }
  const known = slotOf(s, cpu, handle);
  const free = s.pcid ? view.slots.findIndex((slot) => !slot.known) : 0;
  const slot = known >= 0 ? known : Math.max(0, free);
  view.standIn = s.pcid && known < 0 ? slot : -1;
  if (known < 0) {
    setSlot(s, cpu, slot, ctxIdOf(s, handle), genOf(s, handle));
    Object.assign(view.slots[slot], { genKnown: false, mayBeGone: false });
  }
  s.mem[state.loadedMmAsid] = slot;
}

/** The CPU has the mm under its global ASID, if the transition has come to it. */
export function learnGlobalAsid(s: State, cpu: number, handle: number): void {
  const { asid, transition } = s.lab.layout.globalAsids;
  const view = s.cpus[cpu];
  view.standIn = -1;
  view.mayHaveFollowed = s.mem[transition[handle]] !== 0;
  s.mem[s.lab.per(cpu).tlbstate.loadedMmAsid] = s.mem[asid[handle]];
}

/** What had not been told: the CPU has the mm under an ASID of its own. */
export function learnOwnAsid(s: State, cpu: number): void {
  s.cpus[cpu].mayHaveFollowed = false;
  s.mem[s.lab.per(cpu).tlbstate.loadedMmAsid] = 0;
}

/**
 * A switch that began before the file is over: what was taken of the CPU's mm from masks since is that of the
 * mm before, and whatever it has loaded now, it is not lazy.
 */
export function switched(s: State, cpu: number): void {
  const view = s.cpus[cpu];
  if (view.mmKnown) setBit(s, cpu, loadedMm(s, cpu), false);
  view.mmKnown = false;
  view.tentative = false;
  if (view.standIn >= 0) setSlot(s, cpu, view.standIn, 0, 0);
  view.standIn = -1;
  view.idle = false;
  s.mem[s.lab.per(cpu).tlbstate.loadedMm] = s.mms.unknown;
  setLazy(s, cpu, false, true);
}

/** The CPU has an mm loaded that is in none of its slots (it has a global ASID). */
export function hasLoaded(s: State, cpu: number, handle: number): void {
  const view = s.cpus[cpu];
  if (view.mmKnown && view.standIn >= 0) view.standIn = -1;
  view.mmKnown = true;
  view.tentative = false;
  s.mem[s.lab.per(cpu).tlbstate.loadedMm] = handle;
  setBit(s, cpu, handle, true);
  setLazy(s, cpu, false, true);
}

export function setLazy(s: State, cpu: number, lazy: boolean, known: boolean): void {
  s.cpus[cpu].lazyKnown ||= known;
  s.mem[s.lab.per(cpu).tlbstate.isLazy] = lazy ? 1 : 0;
}

/**
 * The generation of the loaded mm's slot is unknown and the recording shows what was decided from it: the
 * model is given one that makes it decide the same. `gap`: how far behind the mm's generation (0: up to
 * date).
 */
export function learnSlotGen(s: State, cpu: number, gap: number): void {
  const asid = loadedAsid(s, cpu);
  setSlotGen(s, cpu, asid, Math.max(0, genOf(s, loadedMm(s, cpu)) - gap));
  s.cpus[cpu].slot(asid).genKnown = true;
}

/** What a slot holds in the model. */
function slotAt(s: State, cpu: number, slot: number): { readonly ctxId: number; readonly gen: number } {
  const words = s.lab.per(cpu).tlbstate.ctxs[slot];
  return { ctxId: s.mem[words.ctxId], gen: s.mem[words.tlbGen] };
}

/**
 * Before a switch to `next` whose CR3 write is known: puts into the slots and the cursor what it is the first
 * sight of.
 */
export function prepareSwitch(s: State, cpu: number, next: number, cr3: EventOf<'write_cr3'>): FirstSight {
  const { slots } = s.cpus[cpu];
  const chosen = cr3.pcid - 1;
  if (!s.pcid || chosen < 0 || chosen >= SLOTS) return DECIDED;
  if (loadedMm(s, cpu) === next) return prepareReload(s, cpu, chosen);
  const found = slotOf(s, cpu, next);
  if (found >= 0 && slots[found].known)
    return slots[found].genKnown ? DECIDED : gapSeen(s, cpu, found, next, cr3.noFlush);
  if (found >= 0 && slots[chosen].known && slots[found].mayBeGone) setSlot(s, cpu, found, 0, 0);
  else if (found >= 0) {
    // A stand-in: the real slot is seen now.
    if (slots[chosen].known) return DECIDED;
    const { ctxId, gen } = slotAt(s, cpu, found);
    // Where it may have been handed on since, a flush tells that it was, whatever its generation.
    const known = slots[found].genKnown && (cr3.noFlush || !slots[found].mayBeGone);
    moveStandIn(s, cpu, found, chosen);
    setSlot(s, cpu, chosen, ctxId, known ? gen : genOf(s, next) - (cr3.noFlush ? 0 : 1));
    slots[chosen].known = true;
    return { slot: true, flush: !known };
  }
  return slots[chosen].known ? handedOn(s, cpu, chosen) : firstSight(s, cpu, next, chosen, cr3.noFlush);
}

/** The mm's own slot, of which it is not known how far it is behind: the CR3 write shows it. */
function gapSeen(s: State, cpu: number, slot: number, mm: number, noFlush: boolean): FirstSight {
  setSlot(s, cpu, slot, ctxIdOf(s, mm), genOf(s, mm) - (noFlush ? 0 : 1));
  return { slot: false, flush: true };
}

/** Another mm's slot: handed out in turn. */
function handedOn(s: State, cpu: number, chosen: number): FirstSight {
  const view = s.cpus[cpu];
  const doubted = view.cursorDoubt === chosen;
  view.cursorDoubt = -1;
  if (!doubted && view.cursorKnown) return DECIDED;
  setCursor(s, cpu, chosen);
  return { slot: true, flush: false };
}

/** A slot that nothing is known of: it was handed out now, or held the mm. */
function firstSight(s: State, cpu: number, next: number, chosen: number, noFlush: boolean): FirstSight {
  const view = s.cpus[cpu];
  const { born } = s.mms.view(next);
  view.slots[chosen].known = true;
  if (slotAt(s, cpu, chosen).ctxId !== 0) moveStandIn(s, cpu, chosen, -1);
  // A slot that was flushed may have been another mm's, which no line had shown.
  if (!noFlush) for (const slot of view.slots) slot.mayBeGone ||= !slot.known;
  const cursor = s.mem[s.lab.per(cpu).tlbstate.nextAsid];
  if (!noFlush && (born || (view.cursorKnown && (cursor >= SLOTS ? 0 : cursor) === chosen))) {
    if (!born) view.cursorDoubt = chosen;
    setCursor(s, cpu, chosen);
  } else setSlot(s, cpu, chosen, ctxIdOf(s, next), genOf(s, next) - (noFlush ? 0 : 1));
  return { slot: true, flush: true };
}

function prepareReload(s: State, cpu: number, chosen: number): FirstSight {
  const view = s.cpus[cpu];
  const asid = loadedAsid(s, cpu);
  if (view.standIn !== asid) return DECIDED;
  const { ctxId, gen } = slotAt(s, cpu, asid);
  const { genKnown } = view.slot(asid);
  moveStandIn(s, cpu, asid, chosen);
  setSlot(s, cpu, chosen, ctxId, gen);
  Object.assign(view.slots[chosen], { genKnown, known: true });
  s.mem[s.lab.per(cpu).tlbstate.loadedMmAsid] = chosen;
  view.standIn = -1;
  return { slot: true, flush: false };
}

/** Frees a stand-in's place; what stands at `to` (if anything does) moves to a free place. */
function moveStandIn(s: State, cpu: number, from: number, to: number): void {
  const { ctxs, loadedMmAsid } = s.lab.per(cpu).tlbstate;
  const view = s.cpus[cpu];
  const place = to >= 0 ? to : from;
  const { ctxId, gen } = slotAt(s, cpu, place);
  const { genKnown, mayBeGone } = view.slots[place];
  setSlot(s, cpu, from, 0, 0);
  if (ctxId === 0 || to === from) return;
  const free = ctxs.findIndex(
    (slot, index) => index !== place && !view.slots[index].known && s.mem[slot.ctxId] === 0,
  );
  if (view.standIn === place) view.standIn = free;
  if (free < 0) return;
  setSlot(s, cpu, free, ctxId, gen);
  Object.assign(view.slots[free], { genKnown, mayBeGone });
  if (s.mem[loadedMmAsid] === place) s.mem[loadedMmAsid] = free;
}

export function setCursor(s: State, cpu: number, slot: number): void {
  s.mem[s.lab.per(cpu).tlbstate.nextAsid] = slot;
  s.cpus[cpu].cursorKnown = true;
}
