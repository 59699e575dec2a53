/** Flushes by broadcast: INVLPGB, the transition to a global ASID, and TLBSYNC. */
import { INVLPGB_ASID, INVLPGB_PCID, INVLPGB_VA } from '../machine/broadcast.js';
import type { EventOf } from '../trace/events.js';
import * as G from './gates.js';
import { compareAsid, considers, transitionWord } from './global-asids.js';
import { judgeRequest } from './infos.js';
import {
  agreed,
  type Context,
  compared,
  differsHere,
  learnt,
  type Outcome,
  type StepOf,
} from './judgement.js';
import { cpusOf, hex } from './masks.js';
import { adoptRequest, awaitTargets, fillInfo, finish, proceed } from './requests.js';
import { compareGiven, compareMask } from './sampled-values.js';
import { loadedMm, maskWord, type State } from './state.js';

/** `broadcast_tlb_flush` begins. */
export const broadcastFlush: StepOf<'bcast_flush'> = (s, event, ctx) => {
  const { cpu } = event;
  const view = s.cpus[cpu];
  proceed(s, cpu, 'broadcast', ctx);
  const mm = s.mms.handle(event.mm);
  ctx.tell(judgeRequest(s, event, ctx));
  compareAsid(s, mm, event, ctx);
  if (s.lab.gate(cpu) !== G.GATE_BROADCAST) {
    finish(s, cpu, ctx);
    if (view.request === null) adoptRequest(s, event, ctx);
    else fillInfo(s, cpu, event);
    s.lab.start(cpu, (c) => c.fn.broadcastTlbFlush(c, mm));
  }
  view.broadcasting = true;
  compareMask(s, 'cpus', mm, event.cpus, ctx);
  compareGiven(s, cpu, event, ctx);
  s.lab.run(cpu, false);
};

/** What an INVLPGB asks for, as the instruction names it. */
function invlpgbText(event: EventOf<'invlpgb'>): string {
  const flags = Number(event.rax & 0xfffn);
  const pcid = (flags & INVLPGB_PCID) === 0 ? 'every PCID' : `PCID ${event.pcid}`;
  const pages = `, ${event.pages}${event.large ? ' large' : ''} from ${hex(event.rax & ~0xfffn)}`;
  const asid = (flags & INVLPGB_ASID) === 0 ? ', every ASID' : '';
  return `${pcid}${(flags & INVLPGB_VA) === 0 ? '' : pages}${asid}`;
}

/** Shift of a step of 2 MiB. */
const LARGE_SHIFT = 21;

/** The INVLPGB that the model stands before, in the same words. */
function modelText(s: State, cpu: number): string {
  const { gate, a: pcid, b: page, c: pages } = s.lab.stop(cpu);
  if (gate !== G.GATE_INVLPGB) return 'none';
  if (pcid === 0) return 'every PCID';
  const asked = s.cpus[cpu].request?.asked;
  if (pages < 0 || asked === undefined) return `PCID ${pcid}`;
  const address = asked.start + (BigInt(page) << BigInt(asked.stride));
  return `PCID ${pcid}, ${pages}${asked.stride === LARGE_SHIFT ? ' large' : ''} from ${hex(address)}`;
}

export const invlpgb: StepOf<'invlpgb'> = (s, event, ctx) => {
  const { cpu } = event;
  // That of everything may be the one before a global ASID is given out.
  considers(s, cpu, ctx);
  ctx.tell(compared(ctx, 'invlpgb', invlpgbText(event), modelText(s, cpu)));
  if (s.lab.gate(cpu) === G.GATE_INVLPGB) s.lab.run(cpu, false);
};

/** No range takes more of them, but that of a kernel that never comes to its end (B17). */
const INVLPGBS_MAX = 64;

/** The kernel has gone on: it makes no more INVLPGB, whatever the model would. */
function endInvlpgbs(s: State, cpu: number, ctx: Context): void {
  for (let left = INVLPGBS_MAX; left > 0 && s.lab.gate(cpu) === G.GATE_INVLPGB; left--) {
    ctx.tell(differsHere(ctx, 'invlpgb', 'none', modelText(s, cpu)));
    s.lab.run(cpu, false);
  }
  if (s.lab.gate(cpu) === G.GATE_INVLPGB) s.lab.abandon(cpu);
}

/** What finish_asid_transition does. */
type Transition = 'waits' | 'ends' | 'nothing';

/** Lets the model's finish_asid_transition run, and has it go on as the kernel's. */
function takeTransition(s: State, cpu: number, kernel: Transition, ctx: Context): void {
  const mm = s.cpus[cpu].request?.mm ?? 0;
  const word = transitionWord(s, mm);
  const wasOpen = s.mem[word] !== 0;
  const stands = s.lab.gate(cpu) === G.GATE_TRANSITION;
  if (stands) s.lab.run(cpu, false);
  const gate = s.lab.gate(cpu);
  const model: Transition =
    gate === G.GATE_MULTI ? 'waits' : stands && wasOpen && s.mem[word] === 0 ? 'ends' : 'nothing';
  const isUnseen = s.cpus.some((view, other) => view.mayHaveFollowed && loadedMm(s, other) === mm);
  if (isUnseen) ctx.tell(learnt('transition'));
  else if (model !== 'nothing' || kernel !== 'nothing')
    ctx.tell(compared(ctx, 'transition', kernel, model, () => moves(s, cpu, mm, ctx)));
  // Where it ends, all have followed.
  if (kernel === 'ends') for (const view of s.cpus) view.mayHaveFollowed = false;
  if (model === kernel && gate !== -1) return;
  s.lab.abandon(cpu);
  s.mem[word] = kernel === 'ends' ? 0 : Number(wasOpen || kernel === 'waits');
  s.lab.start(cpu, function* (c) {
    if (kernel === 'waits') yield* c.fn.flushTlbMulti(c, maskWord(s, mm));
    yield* c.fn.tlbSync(c);
  });
}

/** Whether a CPU of the mm's mask can be in the middle of a switch. */
function moves(s: State, cpu: number, mm: number, ctx: Context): boolean {
  const { previous, next } = ctx.order;
  const from = Math.max(0, previous[ctx.at]);
  return cpusOf(s.lab.mask(maskWord(s, mm)) & ~(1 << cpu)).some((other) =>
    ctx.races.changesMasks(cpu, other, from, next[ctx.at]),
  );
}

export const transitionWait: StepOf<'transition_wait'> = (s, { cpu }, ctx) => {
  endInvlpgbs(s, cpu, ctx);
  takeTransition(s, cpu, 'waits', ctx);
};

export const transitionDone: StepOf<'transition_done'> = (s, { cpu }, ctx) => {
  endInvlpgbs(s, cpu, ctx);
  takeTransition(s, cpu, 'ends', ctx);
};

export const tlbsync: StepOf<'tlbsync'> = (s, event, ctx) => {
  const { cpu } = event;
  endInvlpgbs(s, cpu, ctx);
  if (s.lab.gate(cpu) === G.GATE_TRANSITION) takeTransition(s, cpu, 'nothing', ctx);
  // It waits for those that follow to the ASID before it waits for the broadcast.
  awaitTargets(s, cpu, ctx);
  ctx.tell(judgeTlbsync(s, cpu, ctx));
  if (s.lab.gate(cpu) === G.GATE_TLBSYNC) s.lab.run(cpu, false);
};

function judgeTlbsync(s: State, cpu: number, ctx: Context): Outcome {
  if (s.lab.gate(cpu) === G.GATE_TLBSYNC) return agreed('tlbsync');
  return differsHere(ctx, 'tlbsync', 'TLBSYNC', 'none');
}
