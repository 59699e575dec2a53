/** flush_tlb_func where it ran, and the tlb_flush that it traces or does not. */
import {
  INIT_MM,
  LOADED_MM_SWITCHING,
  MM_NULL,
  TLB_FLUSH_ALL,
  TLB_FLUSH_ON_TASK_SWITCH,
  TLB_REMOTE_SEND_IPI,
  TLB_REMOTE_SHOOTDOWN,
  TLB_REMOTE_WRONG_CPU,
} from '../kernel/constants.js';
import { type EventOf, FLUSH_ALL } from '../trace/events.js';
import { isFuncReason } from '../trace/reasons.js';
import { learnMm, learnSlotGen, setBit, setSlotGen } from './beliefs.js';
import { expectFollowing, judgeFollowing } from './following.js';
import { learnFromFunc } from './func-sights.js';
import * as G from './gates.js';
import { hasGlobalAsid } from './global-asids.js';
import { judgeRequest } from './infos.js';
import {
  agreed,
  type Context,
  contradicts,
  differsHere,
  learnt,
  type Outcome,
  type StepOf,
} from './judgement.js';
import type { ModelFlush } from './lab.js';
import { inInterrupt } from './order.js';
import { noteBefore, otherOrder, setBounds } from './other-orders.js';
import { fillInfo, proceed } from './requests.js';
import { compareGiven } from './sampled-values.js';
import { answer, genOf, loadedAsid, loadedMm, type State } from './state.js';

const sameFlush = (a: ModelFlush | null, b: ModelFlush | null): boolean =>
  a?.reason === b?.reason && a?.pages === b?.pages;
export const flushText = (flush: ModelFlush | null): string =>
  flush === null ? 'none' : `${flush.pages} pages, reason ${flush.reason}`;

/** The CPU serves the request of `initiator` in an interrupt. */
export function serve(s: State, cpu: number, initiator: number): void {
  const csd = s.lab.per(initiator).cfd.csd[cpu];
  s.mem[s.lab.per(cpu).cfd.queue] = 0;
  if (s.lab.cpu(cpu).depth >= 1) s.lab.abandon(cpu);
  s.lab.interrupt(cpu, function* (c) {
    yield* s.own.flushTlbFunc(c, initiator);
    yield* s.own.csdUnlock(c, csd);
  });
}

export const flushFunc: StepOf<'flush_func'> = (s, event, ctx) => {
  const { cpu } = event;
  const view = s.cpus[cpu];
  if (event.init === cpu) proceed(s, cpu, 'kept', ctx);
  ctx.tell(judgeRequest(s, event, ctx));
  fillInfo(s, cpu, event);
  compareGiven(s, cpu, event, ctx);
  const flushed = ctx.order.flushOf(ctx.at);
  learnFromFunc(s, event, flushed, ctx);
  const mm = s.mms.handle(event.mm);
  const mayFollow = hasGlobalAsid(s, mm) && mm === loadedMm(s, cpu);
  view.func = event.init;
  if (flushed !== null) return;
  if (!view.mmKnown && event.init !== cpu && event.init < s.lab.cpus) {
    // Why it returned early is not known: it has answered.
    answer(s, event.init, cpu);
    view.func = -1;
    view.slotGenLearnt = false;
    ctx.tell(learnt('no tlb_flush'));
    return;
  }
  const following = mayFollow ? expectFollowing(s, cpu, mm, ctx) : null;
  runFunc(s, cpu, ctx);
  if (following !== null) ctx.tell(judgeFollowing(s, cpu, mm, following, ctx));
  const known = view.mmKnown && !view.slotGenLearnt;
  view.slotGenLearnt = false;
  ctx.tell(judgeNoFlush(s, cpu, known, ctx));
  s.lab.dropFlushes(cpu);
};

/** A flush_func that no flush follows; `known`: whether the model has what it decides from. */
function judgeNoFlush(s: State, cpu: number, known: boolean, ctx: Context): Outcome {
  // The file may end between the function and its flush.
  if (!known || (ctx.order.isLast(ctx.at) && s.lab.hasFlush(cpu))) return learnt('no tlb_flush');
  if (!s.lab.hasFlush(cpu)) return agreed('no tlb_flush');
  const model = flushText(s.lab.takeFlush(cpu, -1));
  return differsHere(ctx, 'no tlb_flush', 'none', model, tryOtherOrder(s, cpu, null, ctx));
}

/**
 * Whether another order explains what the kernel's function did; the slot is then as that order leaves it.
 */
function tryOtherOrder(s: State, cpu: number, kernel: ModelFlush | null, ctx: Context): boolean {
  const gen = otherOrder(s, cpu, kernel, ctx);
  if (gen !== null) setSlotGen(s, cpu, loadedAsid(s, cpu), gen);
  return gen !== null;
}

/**
 * The flush_func that the CPU was last seen to enter. Its reads are placed at its tlb_flush where it has one:
 * the generation is read as late as possible, and lines are written before what they announce.
 */
function runFunc(s: State, cpu: number, ctx: Context): void {
  const initiator = s.cpus[cpu].func;
  s.cpus[cpu].func = -1;
  if (initiator < 0 || initiator >= s.lab.cpus) return;
  noteBefore(s, cpu, initiator, ctx);
  if (initiator !== cpu) {
    serve(s, cpu, initiator);
    return;
  }
  while (s.lab.gate(cpu) === G.GATE_SHOULD_FLUSH) {
    s.lab.ports[cpu].answer = s.lab.stop(cpu).a === cpu;
    s.lab.run(cpu, false);
  }
  if (s.lab.gate(cpu) === G.GATE_FLUSH_FUNC) s.lab.run(cpu, false);
  else s.lab.interrupt(cpu, (c) => s.own.flushTlbFunc(c, cpu));
}

export const tlbFlush: StepOf<'tlb_flush'> = (s, event, ctx) => {
  const { cpu, reason } = event;
  const view = s.cpus[cpu];
  const isSend = reason === TLB_REMOTE_SEND_IPI;
  const shootdown = isFuncReason(reason);
  if (isSend && view.send !== null) view.send.isTraced = true;
  if (isSend && s.lab.gate(cpu) === G.GATE_MULTI) s.lab.run(cpu, true);
  const isAlone = shootdown && ctx.order.events[ctx.order.previous[ctx.at]]?.kind !== 'flush_func';
  if (shootdown) {
    runFunc(s, cpu, ctx);
    if (isAlone && !s.lab.hasFlush(cpu)) missedFlushFunc(s, event, ctx);
  }
  const traced = s.lab.takeFlush(cpu, reason);
  const model =
    traced?.reason === TLB_REMOTE_SEND_IPI ? { reason: traced.reason, pages: sentPages(s, cpu) } : traced;
  const isUnseen = isFirstSight(s, event, ctx);
  const outcome = isUnseen ? learnt('tlb_flush') : judgeFlush(s, event, model, ctx);
  ctx.tell(isAlone && !isUnseen ? unannounced(event, outcome) : outcome);
  const isSwitch = reason === TLB_FLUSH_ON_TASK_SWITCH;
  const stands = outcome.verdict === 'agreed' || outcome.verdict === 'raced';
  if (!isUnseen && !stands && !isSend && !isSwitch) adoptFlush(s, cpu, reason);
  if (!isSend) Object.assign(view, { slotGenLearnt: false, wrongCpuLearnt: false });
  if (shootdown && event.pages !== 0) {
    setBounds(s, cpu, loadedAsid(s, cpu), loadedMm(s, cpu), Math.max(0, ctx.order.previous[ctx.at]), ctx);
  }
  if (isSwitch) view.switching = null;
  if (isSend || isSwitch) s.lab.run(cpu, false);
};

/**
 * A flush without the line of the function that makes it: explained or not, a line is missing (a probe
 * missed), or is too many.
 */
function unannounced(event: EventOf<'tlb_flush'>, outcome: Outcome): Outcome {
  if (outcome.verdict !== 'agreed' && outcome.verdict !== 'raced') return outcome;
  const kernel = `${flushText(event)}, and no flush_func`;
  return contradicts('tlb_flush', event.line, kernel, 'no flush without flush_func');
}

/**
 * Whether the model has nothing to decide the flush from: the file began in the middle, or the slot's
 * generation was taken from it.
 */
function isFirstSight(s: State, { cpu, reason }: EventOf<'tlb_flush'>, ctx: Context): boolean {
  const { headless, slotGenLearnt, wrongCpuLearnt } = s.cpus[cpu];
  if (ctx.order.isFirst(ctx.at) || (reason === TLB_FLUSH_ON_TASK_SWITCH && headless)) return true;
  if (reason === TLB_REMOTE_WRONG_CPU && wrongCpuLearnt) return true;
  return slotGenLearnt && reason !== TLB_REMOTE_SEND_IPI;
}

function judgeFlush(s: State, event: EventOf<'tlb_flush'>, model: ModelFlush | null, ctx: Context): Outcome {
  const { cpu, reason } = event;
  const { switching, cr3Raced } = s.cpus[cpu];
  const isSwitch = reason === TLB_FLUSH_ON_TASK_SWITCH;
  if (isFuncReason(reason) && ofUnknownUnmaps(s, cpu)) return learnt('tlb_flush');
  if (sameFlush(event, model)) return agreed('tlb_flush');
  if (isSwitch && switching?.flushLearnt === true) return learnt('tlb_flush');
  const raced = isSwitch ? cr3Raced : reason !== TLB_REMOTE_SEND_IPI && tryOtherOrder(s, cpu, event, ctx);
  return differsHere(ctx, 'tlb_flush', flushText(event), flushText(model), raced);
}

/** Whether the CPU's last flush_func served a batch whose increments the model does not have. */
function ofUnknownUnmaps(s: State, cpu: number): boolean {
  const initiator = s.cpus[s.cpus[cpu].beforeFlush?.initiator ?? -1];
  return initiator?.request?.mm === MM_NULL && initiator.unmapsUnknown;
}

/** The kernel flushed the loaded mm's slot, or left the mask of the request's mm. */
function adoptFlush(s: State, cpu: number, reason: number): void {
  const mm = loadedMm(s, cpu);
  if (reason === TLB_REMOTE_WRONG_CPU) {
    const initiator = s.cpus[cpu].beforeFlush?.initiator ?? -1;
    if (initiator >= 0) setBit(s, cpu, s.mem[s.lab.per(initiator).flushInfo.mm], false);
  } else if (mm !== LOADED_MM_SWITCHING) setSlotGen(s, cpu, loadedAsid(s, cpu), genOf(s, mm));
}

/** 4 KiB pages of the model's send: the request's range; -1: everything. */
function sentPages(s: State, cpu: number): number {
  const asked = s.cpus[cpu].request?.asked;
  const isFull = s.mem[s.lab.per(cpu).flushInfo.end] === TLB_FLUSH_ALL;
  return isFull || asked === undefined || asked.end === FLUSH_ALL
    ? -1
    : Number((asked.end - asked.start) >> 12n);
}

/**
 * A flush whose flush_func has no line (a probe that was missed): it served whoever still waits for this CPU.
 */
function missedFlushFunc(s: State, event: EventOf<'tlb_flush'>, ctx: Context): void {
  const { cpu, reason } = event;
  const wrongCpu = reason === TLB_REMOTE_WRONG_CPU;
  if (reason !== TLB_REMOTE_SHOOTDOWN && !(wrongCpu && inInterrupt(event))) {
    if (s.lab.gate(cpu) === G.GATE_FLUSH_FUNC) s.lab.run(cpu, false);
    return;
  }
  const mmOf = (initiator: number): number => s.mem[s.lab.per(initiator).flushInfo.mm];
  const isOther = (mm: number): boolean => mm !== MM_NULL && mm !== loadedMm(s, cpu);
  const waits = (other: number): boolean => other !== cpu && s.lab.csdLocked(other, cpu);
  const { mmKnown } = s.cpus[cpu];
  const initiator = s.cpus.findIndex(
    (_, other) => waits(other) && (!mmKnown || wrongCpu === isOther(mmOf(other))),
  );
  if (initiator < 0) return;
  if (!mmKnown && !wrongCpu && mmOf(initiator) > INIT_MM) {
    learnMm(s, cpu, mmOf(initiator), false);
    learnSlotGen(s, cpu, event.pages > 0 ? 1 : 2);
  }
  noteBefore(s, cpu, initiator, ctx);
  serve(s, cpu, initiator);
}
