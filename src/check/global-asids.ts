/** Global ASIDs: which mm has which, who gets one, and which are given back. */
import { INIT_MM, MM_NULL } from '../kernel/constants.js';
import { bitmapWord } from '../kernel/global-asid-layout.js';
import { learnGlobalAsid, setSlot } from './beliefs.js';
import * as G from './gates.js';
import {
  agreed,
  type Context,
  compared,
  differsHere,
  learnt,
  type Outcome,
  type StepOf,
} from './judgement.js';
import type { Kind } from './kinds.js';
import { cpusOf } from './masks.js';
import { named } from './mm-lives.js';
import { awaitTargets } from './requests.js';
import { loadedMm, maskWord, type State } from './state.js';

/** What a line says of an mm; asid 0: it has none. */
interface Asid {
  readonly asid: number;
  readonly transition: boolean;
}

const asidWord = (s: State, mm: number): number => s.lab.layout.globalAsids.asid[mm];
export const transitionWord = (s: State, mm: number): number => s.lab.layout.globalAsids.transition[mm];

export const hasGlobalAsid = (s: State, mm: number): boolean =>
  s.broadcasts && mm > INIT_MM && s.mem[asidWord(s, mm)] !== 0;

const asidText = ({ asid, transition }: Asid): string =>
  asid === 0 ? 'none' : `${asid}${transition ? ' in transition' : ''}`;
const numberText = (asid: number): string => (asid === 0 ? 'none' : String(asid));

/** Judges and takes over what the line says of the mm. */
export function compareAsid(s: State, mm: number, kernel: Asid, ctx: Context): void {
  if (!s.broadcasts || mm === MM_NULL) return;
  const { asidKnown } = s.mms.view(mm);
  const outcome = judgeAsid(s, mm, kernel, ctx);
  ctx.tell(outcome);
  if (asidKnown && outcome.verdict === 'raced') return;
  adoptAsid(s, mm, kernel);
}

function judgeAsid(s: State, mm: number, kernel: Asid, ctx: Context): Outcome {
  if (mm > INIT_MM && !s.mms.view(mm).asidKnown) return learnt('global asid');
  const model = { asid: s.mem[asidWord(s, mm)], transition: s.mem[transitionWord(s, mm)] !== 0 };
  const { cpu } = ctx.order.events[ctx.at];
  const raced = (): boolean => {
    const to = ctx.order.nextOwn(ctx.at);
    return ctx.races.givesAsid(cpu, mm, ctx.at, to) || ctx.races.endsTransition(cpu, mm, ctx.at, to);
  };
  return compared(ctx, 'global asid', asidText(kernel), asidText(model), raced);
}

/** The mm has this global ASID from now on, or none. */
export function adoptAsid(s: State, mm: number, { asid, transition }: Asid): void {
  if (mm <= INIT_MM) return;
  const view = s.mms.view(mm);
  const isNew = !view.asidKnown;
  view.asidKnown = true;
  s.mem[transitionWord(s, mm)] = transition ? 1 : 0;
  s.mem[asidWord(s, mm)] = asid;
  if (asid === 0) return;
  s.mem[s.lab.layout.globalAsids.used + bitmapWord(asid)] |= 1 << asid;
  if (!isNew) return;
  // CPUs that have the mm, and of which nothing told under which ASID, have it under this one.
  for (const [cpu, seen] of s.cpus.entries()) {
    if (!seen.mmKnown || loadedMm(s, cpu) !== mm || seen.standIn < 0) continue;
    setSlot(s, cpu, seen.standIn, 0, 0);
    learnGlobalAsid(s, cpu, mm);
  }
}

/** Nothing of it has been seen: the number that is given now is the first free one. */
function learnPool(s: State, asid: number, resets: boolean): void {
  s.poolKnown = true;
  if (!resets) s.mem[s.lab.layout.globalAsids.last] = asid;
}

/** The CPU, whose flush by IPI is over, looks whether its mm is to have a global ASID, and it is. */
export function considers(s: State, cpu: number, ctx: Context): void {
  awaitTargets(s, cpu, ctx);
  if (s.lab.gate(cpu) === G.GATE_CONSIDER) s.lab.run(cpu, false);
}

export const useGlobalAsid: StepOf<'use_global_asid'> = (s, event, ctx) => {
  const { cpu, asid } = event;
  const mm = named(s, event.mm, event.ctx);
  const isFirst = !s.poolKnown;
  if (isFirst) learnPool(s, asid, s.lab.gate(cpu) !== G.GATE_CONSIDER && s.lab.gate(cpu) !== -1);
  considers(s, cpu, ctx);
  // The search comes to its end in the model, and not in the kernel.
  for (const kind of ['invlpgb', 'tlbsync'] as const) {
    const gate = kind === 'invlpgb' ? G.GATE_INVLPGB : G.GATE_TLBSYNC;
    if (s.lab.gate(cpu) !== gate) continue;
    ctx.tell(differsHere(ctx, kind, 'none', 'of everything'));
    s.lab.run(cpu, false);
  }
  const model = s.mem[asidWord(s, mm)];
  ctx.tell(isFirst && model !== 0 ? learnt('asid given') : judgeGiven(s, cpu, mm, asid, model, ctx));
  if (model === asid) return;
  adoptAsid(s, mm, { asid, transition: true });
  s.mem[s.lab.layout.globalAsids.last] = asid;
};

function judgeGiven(s: State, cpu: number, mm: number, kernel: number, model: number, ctx: Context): Outcome {
  const others = cpusOf(s.lab.mask(maskWord(s, mm)) & ~(1 << cpu));
  const { previous, next } = ctx.order;
  const moves = (other: number): boolean =>
    ctx.races.changesMasks(cpu, other, Math.max(0, previous[ctx.at]), next[ctx.at]);
  const raced = (): boolean => model === 0 && others.some(moves);
  return compared(ctx, 'asid given', numberText(kernel), numberText(model), raced);
}

export const freeGlobalAsid: StepOf<'free_global_asid'> = (s, event, ctx) => {
  const kind: Kind = 'asid freed';
  const mm = s.mms.handle(event.mm);
  const model = s.mem[asidWord(s, mm)];
  const view = s.mms.view(mm);
  if (mm <= INIT_MM) ctx.tell(agreed(kind));
  else if (!view.asidKnown && !view.leavesAsid) ctx.tell(learnt(kind));
  else ctx.tell(compared(ctx, kind, numberText(event.asid), numberText(model)));
  s.mem[asidWord(s, mm)] = event.asid;
  s.lab.interrupt(event.cpu, (c) => s.own.mmFreeGlobalAsid(c, mm));
  s.mem[asidWord(s, mm)] = 0;
  s.mem[transitionWord(s, mm)] = 0;
  view.asidKnown = true;
  view.leavesAsid = false;
};
