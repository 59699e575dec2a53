/** Values that lines sample: generations and masks. */
import { INIT_MM, MM_NULL } from '../kernel/constants.js';
import type { EventOf } from '../trace/events.js';
import { learnMm } from './beliefs.js';
import { agreed, type Context, comparedGen, differsHere, learnt, type Outcome } from './judgement.js';
import type { Kind } from './kinds.js';
import { cpusOf, has, hex, low32 } from './masks.js';
import { seenCounted } from './requests.js';
import { ctxIdOf, genOf, genWord, loadedMm, maskWord, online, requestMask, type State } from './state.js';
import { seenSwitching } from './switches.js';

/** A line with a `struct flush_tlb_info`. */
export type InfoEvent = EventOf<'kvm_flush_multi' | 'native_flush_multi' | 'flush_func' | 'bcast_flush'>;
export type SendEvent = EventOf<'kvm_flush_multi' | 'native_flush_multi'>;

/** A generation of an mm as the line samples it. */
function judgeGen(s: State, kind: Kind, cpu: number, mm: number, kernel: number, ctx: Context): Outcome {
  const { doubted, ctx: named, genKnown } = s.mms.view(mm);
  const model = genOf(s, mm);
  if (doubted !== null) {
    const own = `${model} of ctx ${named}, which was not freed`;
    return differsHere(ctx, kind, `${kernel} of ctx ${doubted}`, own);
  }
  if (!genKnown) return learnt(kind);
  return comparedGen(ctx, kind, kernel, model, { cpu, mm, from: ctx.at, to: ctx.order.nextOwn(ctx.at) });
}

/** Judges and takes over a generation that the line samples. */
export function compareGen(s: State, kind: Kind, mm: number, kernel: number, ctx: Context): void {
  const view = s.mms.view(mm);
  if (!view.genKnown) seenCounted(s, mm, kernel, ctx);
  const model = genOf(s, mm);
  const outcome = judgeGen(s, kind, ctx.order.events[ctx.at].cpu, mm, kernel, ctx);
  ctx.tell(outcome);
  if (view.doubted !== null) return;
  // Sampled before batches whose unmaps the model has placed since: it tells nothing of how many those were.
  if (!view.genKnown && view.genSeen && kernel < model && ctx.races.hasBatch(ctx.at, ctx.now)) return;
  if (outcome.verdict === 'raced') {
    if (kernel > model) seenCounted(s, mm, kernel, ctx);
    return;
  }
  if (!view.genKnown && !view.genSeen) shiftSlots(s, mm, kernel - model);
  // Reclaim's increments were not as many as the model placed: slots that were up to date still are, and none
  // is ahead.
  else if (!view.genKnown && kernel !== model)
    mapSlots(s, mm, (gen) => (gen >= Math.min(model, kernel) ? kernel : gen));
  view.genKnown = true;
  view.genSeen = true;
  s.mem[genWord(s, mm)] = kernel;
}

function mapSlots(s: State, mm: number, map: (gen: number) => number): void {
  for (let cpu = 0; cpu < s.lab.cpus; cpu++) {
    for (const slot of s.lab.per(cpu).tlbstate.ctxs) {
      if (s.mem[slot.ctxId] === ctxIdOf(s, mm)) s.mem[slot.tlbGen] = map(s.mem[slot.tlbGen]);
    }
  }
}
/** First sight of the mm's generation: slots are as far behind it as they were seen to be. */
const shiftSlots = (s: State, mm: number, by: number): void =>
  mapSlots(s, mm, (gen) => Math.max(0, gen + by));

/** Judges and takes over the generation that a request carries. */
export function compareGiven(s: State, cpu: number, event: InfoEvent, ctx: Context): void {
  const mm = s.mms.handle(event.mm);
  const view = s.mms.view(mm);
  if (mm > INIT_MM && !view.genSeen) {
    // A request that began before the file carries the first generation seen of the mm: others may have
    // counted since.
    shiftSlots(s, mm, event.gen - genOf(s, mm));
    view.genSeen = true;
    s.mem[genWord(s, mm)] = event.gen;
  }
  const info = s.lab.per(event.init < s.lab.cpus ? event.init : cpu).flushInfo;
  const model = s.mem[info.newTlbGen];
  const from = s.cpus[cpu].request?.index ?? ctx.at;
  const outcome = comparedGen(ctx, 'gen', event.gen, model, { cpu, mm, from, to: ctx.at });
  ctx.tell(outcome);
  s.mem[info.newTlbGen] = event.gen;
  // Two requests that counted in the other order: the mm's generation is the same in the end.
  const lost = model !== event.gen && outcome.verdict !== 'raced';
  if (mm !== MM_NULL && lost) s.mem[genWord(s, mm)] = Math.max(event.gen, genOf(s, mm));
}

/** The first sight of a mask with bits that their CPUs may have left set before the file. */
function firstMask(s: State, kind: Kind, mm: number, kernel: number, ctx: Context): void {
  s.mms.view(mm).maskSeen = true;
  ctx.tell(s.lab.mask(maskWord(s, mm)) === kernel >>> 0 ? agreed(kind) : learnt(kind));
  s.mem[maskWord(s, mm)] = kernel & online(s);
}

/** What a mask tells of CPUs that nothing was known of. Returns whether it told something. */
function learnFromMask(s: State, cpu: number, mm: number, kernel: number, ctx: Context): boolean {
  let told = false;
  for (let other = 0; mm !== MM_NULL && other < s.lab.cpus; other++) {
    const view = s.cpus[other];
    const there = has(kernel, other);
    if (view.mmKnown && !view.tentative) continue;
    // A bit that stays set when its CPU leaves tells nothing of what the CPU has loaded.
    if (s.lazyCpumask && !view.mmKnown) continue;
    // What has not been seen of this CPU may be the switch that it is in the middle of.
    if (there && !view.mmKnown && other !== cpu) seenSwitching(s, other, ctx);
    if (!view.mmKnown && there) {
      learnMm(s, other, mm, false);
      told = true;
    } else if (view.tentative && loadedMm(s, other) === mm) {
      if (!there) learnMm(s, other, INIT_MM, false);
      told ||= !there;
      view.tentative = false;
    }
  }
  return told;
}

/**
 * The CPUs of a mask as the line samples it; `model` is the model's mask, `told` whether the line was the
 * first sight of a CPU.
 */
function judgeMask(
  s: State,
  kind: Kind,
  mm: number,
  recorded: bigint,
  model: number,
  told: boolean,
  ctx: Context,
): Outcome {
  // CPUs that the check cannot have: the words of its masks have 32 bits.
  const beyond = recorded >> 32n !== 0n;
  const differing = low32(recorded) ^ model;
  if (differing === 0 && !beyond) return told ? learnt(kind) : agreed(kind);
  const others = cpusOf(differing & online(s));
  // Where these CPUs were when the batch was gathered, no line has told.
  const unseen = (other: number): boolean => !s.cpus[other].mmKnown || s.cpus[other].tentative;
  if (mm === MM_NULL && others.every(unseen)) return learnt(kind);
  const { cpu } = ctx.order.events[ctx.at];
  const to = ctx.order.nextOwn(ctx.at);
  // A batch takes the masks when its pages are unmapped.
  const from = mm === MM_NULL ? ctx.order.gatheredFrom(ctx.at) : ctx.at;
  const possible = (differing & ~online(s)) === 0 && !beyond;
  const raced = possible && others.every((other) => ctx.races.changesMasks(cpu, other, from, to));
  return differsHere(ctx, kind, hex(recorded), hex(model), raced);
}

/** Judges and takes over a mask that the line samples: the mm's, or (MM_NULL) that of the CPU's batch. */
export function compareMask(s: State, kind: Kind, mm: number, recorded: bigint, ctx: Context): void {
  if (s.lazyCpumask && mm > INIT_MM && !s.mms.view(mm).maskSeen) {
    firstMask(s, kind, mm, low32(recorded), ctx);
    return;
  }
  const { cpu } = ctx.order.events[ctx.at];
  const told = learnFromMask(s, cpu, mm, low32(recorded), ctx);
  const address = requestMask(s, cpu, mm);
  const outcome = judgeMask(s, kind, mm, recorded, s.lab.mask(address), told, ctx);
  ctx.tell(outcome);
  if (outcome.verdict !== 'raced' || mm === MM_NULL) s.mem[address] = low32(recorded) & online(s);
  else for (const other of cpusOf(low32(recorded) ^ s.lab.mask(address))) seenSwitching(s, other, ctx);
}
