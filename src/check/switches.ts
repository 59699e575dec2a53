/** switch_mm_irqs_off with its CR3 write, and enter_lazy_tlb. */
import { INIT_MM, LOADED_MM_SWITCHING, MM_NULL } from '../kernel/constants.js';
import type { EventOf } from '../trace/events.js';
import {
  hasLeft,
  learnMm,
  learnOwnAsid,
  learnSlotGen,
  prepareSwitch,
  setCursor,
  setLazy,
  setSlot,
  setSlotGen,
  switched,
} from './beliefs.js';
import * as G from './gates.js';
import { compareAsid } from './global-asids.js';
import {
  agreed,
  type Context,
  compared,
  differsHere,
  lateAt,
  learnt,
  type Outcome,
  type StepOf,
} from './judgement.js';
import type { Kind } from './kinds.js';
import { SLOTS } from './lab.js';
import { hex } from './masks.js';
import { named } from './mm-lives.js';
import { racedFlush, setBounds } from './other-orders.js';
import { finish } from './requests.js';
import { compareGen, compareMask } from './sampled-values.js';
import { ctxIdOf, genOf, isLazy, loadedAsid, loadedMm, type State, underGlobalAsid } from './state.js';

type Cr3Write = EventOf<'write_cr3'>;
const CR3_KINDS: readonly Kind[] = ['pcid', 'slot', 'flush bit'];

/** Takes the switch_mm that waits for its CR3 write, if one does. */
function beginSwitch(s: State, cpu: number, ctx: Context): boolean {
  const from = s.cpus[cpu].laterSwitch;
  s.cpus[cpu].laterSwitch = -1;
  const line = ctx.order.events[from];
  if (line?.kind !== 'switch_mm') return false;
  takeSwitch(s, line, lateAt(ctx, from));
  return true;
}

/** Bits 51 to 12 of CR3: where the page table is. */
const PAGE_TABLE = 0x000f_ffff_ffff_f000n;

/** The page table that the CPU loads: an mm keeps its own for life. */
function judgePageTable(s: State, event: Cr3Write, mm: number, ctx: Context): Outcome {
  const known = mm === MM_NULL ? null : s.mms.view(mm).pageTable;
  return known === null
    ? learnt('page table')
    : compared(ctx, 'page table', hex(event.cr3 & PAGE_TABLE), hex(known));
}

/** The CPU has switched where the model does not follow. */
export function dropSwitch(s: State, cpu: number, ctx: Context): void {
  beginSwitch(s, cpu, ctx);
  runSwitch(s, cpu, ctx);
  Object.assign(s.cpus[cpu], { laterSwitch: -1, switching: null, headless: false });
}

/**
 * Another CPU has seen that this one's switch is under way: the model does what it has not done of it yet.
 */
export function seenSwitching(s: State, cpu: number, ctx: Context): void {
  if (beginSwitch(s, cpu, ctx)) runSwitch(s, cpu, ctx);
}

/**
 * The switch itself is taken at its CR3 write, if it has one: as late as possible. Where the file ends before
 * that shows, at the end.
 */
export const switchMm: StepOf<'switch_mm'> = (s, event, ctx) => {
  if (ctx.order.cr3Of(ctx.at) === null && !ctx.order.isLast(ctx.at)) takeSwitch(s, event, ctx);
  else s.cpus[event.cpu].laterSwitch = ctx.at;
};

/** The file is over. */
export const endSwitch = (s: State, cpu: number, ctx: Context): void => void beginSwitch(s, cpu, ctx);

const takeSwitch: StepOf<'switch_mm'> = (s, event, ctx) => {
  const { cpu } = event;
  const view = s.cpus[cpu];
  const next = named(s, event.next, event.nctx);
  const cr3 = ctx.order.cr3Of(ctx.at);
  const inFlush = s.lab.standsAt(cpu, G.GATE_SWITCH_MM, next);
  if (!inFlush) finish(s, cpu, ctx);
  compareGen(s, 'ngen', next, event.ngen, ctx);
  if (!view.mmKnown && event.prev !== '0x0') {
    // `prev` is the task's active_mm. A lazy CPU that a flush found has left it for init_mm, and its mask:
    // seen where it comes back to it.
    const prev = s.mms.handle(event.prev);
    const left =
      hasLeft(s, cpu, prev) ||
      prev === view.notLoaded ||
      (event.prev === event.next && ((event.ncpus >> BigInt(cpu)) & 1n) === 0n);
    learnMm(s, cpu, left ? INIT_MM : prev, false);
  }
  compareMask(s, 'ncpus', next, event.ncpus, ctx);
  compareAsid(s, next, { asid: event.nasid, transition: event.ntransition }, ctx);
  const reload = loadedMm(s, cpu) === next;
  const isGlobal = underGlobalAsid(s, cpu) || (cr3 !== null && cr3.pcid > SLOTS);
  const isUnseen = view.mayHaveFollowed && reload;
  view.mayHaveFollowed = false;
  if (isUnseen && cr3 !== null) learnOwnAsid(s, cpu);
  if (!view.lazyKnown) setLazy(s, cpu, reload && cr3 !== null && !isGlobal, true);
  const genLearnt = reload && !isGlobal && isLazy(s, cpu) && !view.slot(loadedAsid(s, cpu)).genKnown;
  if (genLearnt) learnSlotGen(s, cpu, cr3 === null ? 0 : 1);
  const sight = cr3 === null ? { slot: false, flush: false } : prepareSwitch(s, cpu, next, cr3);
  const [slotLearnt, flushLearnt] = [sight.slot || isUnseen, sight.flush || genLearnt || isUnseen];
  view.switching = { index: ctx.at, next, slotLearnt, flushLearnt, inFlush, pending: true, begunAt: ctx.now };
  if (cr3 === null) runSwitch(s, cpu, ctx);
  view.mmKnown = true;
  view.tentative = false;
  if (cr3 !== null || ctx.order.after(ctx.at)?.kind === 'tlb_flush') return;
  ctx.tell(judgeNoCr3(s, cpu, next, genLearnt, ctx));
  if (s.lab.gate(cpu) === G.GATE_CR3 && !ctx.order.isLast(ctx.at)) giveUpCr3(s, cpu, next);
  view.switching = null;
};

/** A switch without a CR3 write. */
function judgeNoCr3(s: State, cpu: number, next: number, genLearnt: boolean, ctx: Context): Outcome {
  const writes = s.lab.gate(cpu) === G.GATE_CR3;
  if (!writes && !genLearnt) return agreed('no tlb_flush');
  // The file may end between the switch and its CR3 write.
  if (!writes || ctx.order.isLast(ctx.at)) return learnt('no tlb_flush');
  const { below, above } = s.cpus[cpu].slot(s.lab.stop(cpu).a);
  const raced = below + above > 0 || racedFlush(cpu, next, ctx);
  return differsHere(ctx, 'no tlb_flush', 'no CR3 write', 'a CR3 write', raced);
}

/** The kernel found the slot up to date. */
function giveUpCr3(s: State, cpu: number, next: number): void {
  const asid = s.lab.stop(cpu).a;
  s.lab.abandon(cpu);
  setSlotGen(s, cpu, asid, genOf(s, next));
  s.mem[s.lab.per(cpu).tlbstate.loadedMm] = next;
}

/** Lets the model begin the switch that the CPU is in, up to its CR3 write. */
function runSwitch(s: State, cpu: number, { now }: Context): void {
  const { switching } = s.cpus[cpu];
  if (!switching?.pending) return;
  switching.pending = false;
  switching.begunAt = now;
  if (switching.inFlush) s.lab.run(cpu, false);
  else s.lab.start(cpu, (c) => s.own.switchMmIrqsOff(c, switching.next));
}

export const writeCr3: StepOf<'write_cr3'> = (s, event, ctx) => {
  const { cpu } = event;
  const view = s.cpus[cpu];
  beginSwitch(s, cpu, ctx);
  const asid = event.pcid === 0 ? 0 : event.pcid - 1;
  view.cr3Raced = false;
  view.headless = ctx.order.isFirst(ctx.at);
  if (view.headless) {
    // The file begins between the switch and its CR3 write: whose slot this is, is not known.
    for (const kind of CR3_KINDS) ctx.tell(learnt(kind));
    ctx.tell(learnt('page table'));
    switched(s, cpu);
    return;
  }
  const mm = view.switching?.next ?? MM_NULL;
  ctx.tell(judgePageTable(s, event, mm, ctx));
  if (mm !== MM_NULL) s.mms.view(mm).pageTable ??= event.cr3 & PAGE_TABLE;
  runSwitch(s, cpu, ctx);
  if (s.lab.gate(cpu) === G.GATE_CR3) loadCr3(s, event, ctx);
  else forceCr3(s, event, asid, ctx);
  view.standIn = -1;
  if (asid >= SLOTS) return;
  Object.assign(view.slots[asid], { genKnown: true, known: true });
  const { switching } = view;
  if (event.noFlush || switching === null) return;
  const { next, index, begunAt } = switching;
  setBounds(s, cpu, asid, next, index, { ...ctx, now: begunAt });
};

/** Whether a slot of the CPU holds the mm. */
const holds = (s: State, cpu: number, slot: number, mm: number): boolean =>
  slot < SLOTS && s.mem[s.lab.per(cpu).tlbstate.ctxs[slot].ctxId] === ctxIdOf(s, mm);

/** The model stands before its CR3 write: both choices are judged, and it goes on with the kernel's. */
const loadCr3: StepOf<'write_cr3'> = (s, event, ctx) => {
  const { cpu } = event;
  const { a: asid, b: flush } = s.lab.stop(cpu);
  const asids = s.broadcasts ? s.lab.layout.globalAsids.end : SLOTS;
  const kernelAsid = event.pcid === 0 ? 0 : Math.min(asids - 1, event.pcid - 1);
  const next = s.cpus[cpu].switching?.next ?? INIT_MM;
  const learns = s.cpus[cpu].switching ?? { slotLearnt: false, flushLearnt: false };
  for (const outcome of judgeSlot(s, event, asid, kernelAsid, next, ctx)) ctx.tell(outcome);
  const isOther = !learns.slotLearnt && event.pcid !== (event.pcid === 0 ? 0 : asid + 1);
  // The slot that the kernel handed out is the last one that it has, whatever the model would have taken.
  if (isOther && kernelAsid < SLOTS && !holds(s, cpu, kernelAsid, next)) setCursor(s, cpu, kernelAsid + 1);
  const bit = judgeFlushBit(s, event, flush !== 0, kernelAsid, next, ctx);
  ctx.tell(bit);
  s.cpus[cpu].cr3Raced = bit.verdict === 'raced';
  // The kernel found the slot up to date.
  if (event.noFlush && flush !== 0 && bit.verdict !== 'raced' && !learns.flushLearnt)
    setSlotGen(s, cpu, kernelAsid, genOf(s, next));
  s.lab.ports[cpu].cr3 = kernelAsid * 2 + (event.noFlush ? 0 : 1);
  s.lab.run(cpu, true);
  s.lab.ports[cpu].cr3 = -1;
};

/** The slot of a CR3 write: its number, and whether it was one that held the mm or the next in turn. */
function judgeSlot(
  s: State,
  event: Cr3Write,
  asid: number,
  kernelAsid: number,
  next: number,
  ctx: Context,
): Outcome[] {
  const { cpu, pcid } = event;
  const model = pcid === 0 ? 0 : asid + 1;
  if (s.cpus[cpu].switching?.slotLearnt === true) return [learnt('pcid'), learnt('slot')];
  if (model === pcid) return [agreed('pcid'), agreed('slot')];
  const text = (slot: number): string =>
    `${holds(s, cpu, slot, next) ? 'used again' : 'next in turn'} (${slot})`;
  return [
    differsHere(ctx, 'pcid', String(pcid), String(model)),
    differsHere(ctx, 'slot', text(kernelAsid), text(asid)),
  ];
}

function judgeFlushBit(
  s: State,
  event: Cr3Write,
  flush: boolean,
  kernelAsid: number,
  next: number,
  ctx: Context,
): Outcome {
  const { cpu, pcid, noFlush } = event;
  const { switching } = s.cpus[cpu];
  if (switching?.flushLearnt === true) return learnt('flush bit');
  return compared(ctx, 'flush bit', noFlush ? 'no flush' : 'flush', flush ? 'flush' : 'no flush', () => {
    const [before, after] = ctx.races.increments(cpu, next, switching?.index ?? ctx.at, ctx.at, ctx.now);
    const { below, above } = s.cpus[cpu].slot(kernelAsid);
    // Only a slot that holds the mm can be found up to date, whatever was counted when.
    const canBe = !noFlush || (pcid !== 0 && holds(s, cpu, kernelAsid, next));
    return canBe && before + after + below + above > 0;
  });
}

/** A CR3 write that the model does not make: it is made to. */
function forceCr3(s: State, event: Cr3Write, asid: number, ctx: Context): void {
  const { cpu } = event;
  const { switching } = s.cpus[cpu];
  const next = switching?.next ?? loadedMm(s, cpu);
  const [before, after] = ctx.races.increments(cpu, next, switching?.index ?? ctx.at, ctx.at, ctx.now);
  const raced = before + after > 0;
  s.cpus[cpu].cr3Raced = raced;
  const kernel = `PCID ${event.pcid}, ${event.noFlush ? 'no flush' : 'flush'}`;
  for (const kind of CR3_KINDS) ctx.tell(differsHere(ctx, kind, kernel, 'no CR3 write', raced));
  if (next <= LOADED_MM_SWITCHING || (asid >= SLOTS && !s.broadcasts)) return;
  const gen = genOf(s, next);
  finish(s, cpu, ctx);
  s.mem[s.lab.per(cpu).tlbstate.loadedMm] = next;
  if (asid < SLOTS) setSlot(s, cpu, asid, ctxIdOf(s, next), gen);
  s.lab.start(cpu, (c) => s.own.loadNewMmCr3(c, next, asid, !event.noFlush, gen), true);
}

export const enterLazy: StepOf<'enter_lazy'> = (s, event, ctx) => {
  const { cpu } = event;
  finish(s, cpu, ctx);
  if (!s.cpus[cpu].mmKnown) {
    const mm = s.mms.handle(event.mm);
    learnMm(s, cpu, hasLeft(s, cpu, mm) ? INIT_MM : mm, true);
  }
  s.cpus[cpu].lazyKnown = true;
  s.lab.start(cpu, (c) => c.fn.enterLazyTlb(c));
};
