/** Flush requests on their initiator: flush_tlb_mm_range and arch_tlbbatch_flush. */
import { INIT_MM, MM_NULL, TLB_FLUSH_ALL } from '../kernel/constants.js';
import { type EventOf, FLUSH_ALL } from '../trace/events.js';
import { flushText, serve } from './flushes.js';
import * as G from './gates.js';
import { compareAsid } from './global-asids.js';
import {
  agreed,
  type Context,
  contradicts,
  differs,
  differsHere,
  lateAt,
  learnt,
  type Outcome,
  type StepOf,
} from './judgement.js';
import { cpusOf, low32 } from './masks.js';
import { named } from './mm-lives.js';
import type { Way } from './order.js';
import { compareGen, compareMask, type InfoEvent } from './sampled-values.js';
import { closeSend } from './sends.js';
import { answer, genOf, genWord, isLazy, loadedMm, maskWord, online, type State } from './state.js';

/**
 * No kernel flushes more steps than this one by one, whatever its ceiling: a range beyond is a damaged one.
 */
const MAX_STEPS = 4096;
/** Steps of a range that is not everything. */
const stepsOf = ({ start, end, stride }: { start: bigint; end: bigint; stride: number }): number =>
  Math.min(MAX_STEPS, Number(BigInt.asUintN(30, (end - start) >> BigInt(Math.min(63, stride)))));

/** Page shift of the scenario's pages. */
const PAGE_SHIFT = 12;

/** What arch_tlbbatch_flush asks for. */
const EVERYTHING = { start: 0n, end: FLUSH_ALL, stride: 0, freed: false, trim: false };

/**
 * Somebody has seen a generation of the mm that only a request under way can have counted: the model counts
 * it now.
 */
export function seenCounted(s: State, mm: number, gen: number, ctx: Context): void {
  for (let cpu = 0; cpu < s.lab.cpus; cpu++) {
    const from = s.cpus[cpu].laterRequest;
    const line = ctx.order.events[from];
    if (line?.kind !== 'flush_mm_range' || from === ctx.at || s.mms.handle(line.mm) !== mm) continue;
    // An mm whose generation is not known has that of the request's line.
    if ((s.mms.view(mm).genKnown ? genOf(s, mm) : line.gen) >= gen) continue;
    proceed(s, cpu, ctx.order.wayOf(from), ctx);
  }
}

const flushMmRange: StepOf<'flush_mm_range'> = (s, event, ctx) => {
  const { cpu } = event;
  finish(s, cpu, ctx);
  const mm = named(s, event.mm, event.ctx);
  compareGen(s, 'gen', mm, event.gen, ctx);
  compareMask(s, 'cpus', mm, event.cpus, ctx);
  compareAsid(s, mm, event, ctx);
  const full = event.end === FLUSH_ALL;
  const steps = full ? 0 : stepsOf(event);
  const trim = ctx.order.sendOf(ctx.at)?.trim ?? false;
  s.lab.ports[cpu].trim = trim;
  s.cpus[cpu].hasAsked = true;
  s.cpus[cpu].request = { index: ctx.at, mm, asked: { ...event, trim } };
  s.lab.start(cpu, (c) => c.fn.flushTlbMmRange(c, mm, 0, full ? TLB_FLUSH_ALL : steps, steps, event.freed));
};

/** A send whose request is not in the file. */
export function adoptRequest(
  s: State,
  event: EventOf<'kvm_flush_multi' | 'native_flush_multi' | 'bcast_flush'>,
  ctx: Context,
): void {
  const { cpu } = event;
  const mm = s.mms.handle(event.mm);
  s.cpus[cpu].hasAsked = true;
  s.cpus[cpu].request = { index: ctx.at, mm, asked: event };
  fillInfo(s, cpu, event);
  if (mm === MM_NULL) learnBatch(s, cpu, event.cpus);
}

/**
 * A batch whose unmaps the model could not make: they were of an mm that is not known, or came before the
 * file.
 */
function learnBatch(s: State, cpu: number, cpus: bigint): void {
  s.mem[s.lab.per(cpu).ubc.cpumask] = low32(cpus) & online(s);
  s.mem[s.lab.per(cpu).ubc.unmappedPages] = 1;
  s.cpus[cpu].unmapsUnknown = true;
  countedSomewhere(s);
}

/** Some mm was counted up that no line has shown: how far behind it a slot is, is not known any more. */
export function countedSomewhere(s: State): void {
  for (const view of s.mms.views) view.genKnown = false;
  for (const { slots } of s.cpus) for (const slot of slots) slot.genKnown = false;
}

export const batchFlush: StepOf<'batch_flush'> = (s, event, ctx) => {
  const { cpu } = event;
  const view = s.cpus[cpu];
  finish(s, cpu, ctx);
  view.unmapsUnknown = !view.mmKnown;
  if (view.unmapsUnknown) {
    learnBatch(s, cpu, event.cpus);
    ctx.tell(learnt('cpus'));
  } else {
    unmap(s, cpu);
    compareMask(s, 'cpus', MM_NULL, event.cpus, ctx);
  }
  view.request = { index: ctx.at, mm: MM_NULL, asked: EVERYTHING };
  s.lab.ports[cpu].trim = false;
  s.lab.start(cpu, (c) => c.fn.archTlbbatchFlush(c));
  expectWay(s, cpu, ctx.order.wayOf(ctx.at), ctx);
};

/** Reclaim on the CPU unmaps a page of the mm that its task runs in. */
export function unmap(s: State, cpu: number): void {
  const mm = loadedMm(s, cpu);
  if (mm <= INIT_MM || mm === s.mms.unknown || isLazy(s, cpu)) return;
  s.lab.interrupt(cpu, (c) => s.own.archTlbbatchAddPending(c, mm));
  if (s.lab.gate(cpu) === G.GATE_INC_GEN && s.lab.interrupted(cpu)) s.lab.run(cpu, false);
  s.mms.view(mm).genKnown = false;
}

/** Takes the request that waits for the CPU's next line; `way`: where this line shows that it goes. */
export function proceed(s: State, cpu: number, way: Way, ctx: Context): void {
  const from = s.cpus[cpu].laterRequest;
  s.cpus[cpu].laterRequest = -1;
  const line = ctx.order.events[from];
  if (line?.kind === 'flush_mm_range') flushMmRange(s, line, lateAt(ctx, from));
  if (s.lab.gate(cpu) !== G.GATE_INC_GEN) return;
  s.lab.run(cpu, false);
  expectWay(s, cpu, way, ctx);
}

/** Where the request goes: known at once, because the mask and the mm's ASID are. */
function expectWay(s: State, cpu: number, way: Way, ctx: Context): void {
  const gate = s.lab.gate(cpu);
  const isBroadcast = gate === G.GATE_BROADCAST || gate === G.GATE_INVLPGB;
  const model: Way = gate === G.GATE_MULTI ? 'sent' : isBroadcast ? 'broadcast' : 'kept';
  if (s.broadcasts) ctx.tell(judgeWay(s, cpu, way, model, ctx));
  if (way === 'kept') ctx.tell(judgeNoSend(s, cpu, model === 'sent', ctx));
  if (model !== way) s.lab.abandon(cpu);
}

/** Whether the request is broadcast: what else becomes of it other judgements tell. */
function judgeWay(s: State, cpu: number, kernel: Way, model: Way, ctx: Context): Outcome {
  if ((kernel === 'broadcast') === (model === 'broadcast')) return agreed('broadcast');
  const { index = ctx.at, mm = MM_NULL } = s.cpus[cpu].request ?? {};
  if (ctx.order.sendNotShown(index)) return learnt('broadcast');
  const raced = mm !== MM_NULL && ctx.races.givesAsid(cpu, mm, index, ctx.order.next[ctx.at]);
  return differs('broadcast', ctx.order.events[index].line, kernel, model, raced);
}

/** A request that the kernel made on its own CPU alone; `model`: whether the model sends it. */
function judgeNoSend(s: State, cpu: number, model: boolean, ctx: Context): Outcome {
  const from = s.cpus[cpu].request?.index ?? ctx.at;
  if (!model) return agreed('no tlb_flush');
  if (ctx.order.sendNotShown(from)) return learnt('no tlb_flush');
  const { line } = ctx.order.events[from];
  return differs('no tlb_flush', line, 'no send', 'a send', racedMask(s, cpu, from, ctx));
}

/** Whether every other CPU of the mask can have entered it only just now. */
function racedMask(s: State, cpu: number, from: number, ctx: Context): boolean {
  const others = s.lab.mask(maskWord(s, s.cpus[cpu].request?.mm ?? MM_NULL)) & ~(1 << cpu);
  return cpusOf(others).every((other) => ctx.races.changesMasks(cpu, other, from, ctx.order.next[ctx.at]));
}

/**
 * Puts a request that the model does not have into place: its initiator began before the recording, or the
 * model went another way.
 */
export function fillInfo(s: State, cpu: number, event: InfoEvent): void {
  const info = s.lab.per(event.init < s.lab.cpus ? event.init : cpu).flushInfo;
  const mm = s.mms.handle(event.mm);
  const full = event.end === FLUSH_ALL;
  if (s.mem[info.mm] === mm && (s.mem[info.end] === TLB_FLUSH_ALL) === full) return;
  s.mem[info.mm] = mm;
  s.mem[info.start] = 0;
  s.mem[info.end] = full ? TLB_FLUSH_ALL : stepsOf(event);
  s.mem[info.newTlbGen] = event.gen;
  // Its steps are the scenario's pages, whatever they were; C text counts by it.
  s.mem[info.strideShift] = PAGE_SHIFT;
  s.mem[info.initiatingCpu] = event.init;
  s.mem[info.freedTables] = event.freed ? 1 : 0;
  s.mem[info.trimCpumask] = event.trim ? 1 : 0;
  // It has counted, wherever that was.
  if (mm > INIT_MM) s.mem[genWord(s, mm)] = Math.max(event.gen, genOf(s, mm));
}

/** Brings the CPU's task back to where a new activity can begin. */
export function finish(s: State, cpu: number, ctx: Context): void {
  closeSend(s, cpu, ctx);
  if (s.cpus[cpu].pvSince !== null) {
    // kvm_flush_tlb_multi always goes on to the native one, whomever it has left out.
    const { line } = ctx.order.events[Math.min(ctx.at, ctx.order.events.length - 1)];
    ctx.tell(contradicts('pv dropped', line, 'no native_flush_multi after kvm_flush_multi', 'one'));
  }
  s.cpus[cpu].pvSince = null;
  if (s.lab.gate(cpu) === G.GATE_IDLE) return;
  awaitTargets(s, cpu, ctx);
  if (SYNCING.has(s.lab.gate(cpu)))
    ctx.tell(differsHere(ctx, 'tlbsync', 'none before the return', 'TLBSYNC'));
  s.lab.abandon(cpu);
  while (s.lab.interrupted(cpu)) s.lab.abandon(cpu);
  s.lab.dropFlushes(cpu);
}

/** Before these a broadcast is not known to be over. */
const SYNCING: ReadonlySet<number> = new Set([G.GATE_INVLPGB, G.GATE_TRANSITION, G.GATE_TLBSYNC]);

/** The CPU's task has gone on: if it waited for other CPUs, all have answered. */
export function awaitTargets(s: State, cpu: number, ctx: Context): void {
  for (let round = 0; round < 2 && s.lab.gate(cpu) === -1; round++) {
    s.lab.run(cpu, false);
    if (s.lab.gate(cpu) !== -1) break;
    serveLate(s, cpu, ctx);
    s.lab.run(cpu, false);
  }
}

/** Drops the CPU's request, whoever has not answered it yet. */
export function forget(s: State, cpu: number, ctx: Context): void {
  proceed(s, cpu, s.lab.gate(cpu) === G.GATE_MULTI ? 'sent' : 'kept', ctx);
  for (let target = 0; target < s.lab.cpus; target++) answer(s, cpu, target);
  finish(s, cpu, ctx);
  s.cpus[cpu].request = null;
}

/**
 * The initiator has returned, so every target has answered: what was not seen there (missed probes) is done
 * now.
 */
function serveLate(s: State, cpu: number, ctx: Context): void {
  for (let target = 0; target < s.lab.cpus; target++) {
    if (target === cpu || !s.lab.csdLocked(cpu, target)) continue;
    serve(s, target, cpu);
    const flush = s.lab.takeFlush(target, 1);
    if (flush !== null)
      ctx.tell(differsHere(ctx, 'no tlb_flush', `CPU ${target} did not flush`, flushText(flush)));
    s.lab.dropFlushes(target);
    answer(s, cpu, target);
  }
}
