/** should_flush_tlb: which targets get an IPI. */
import type { EventOf } from '../trace/events.js';
import { setLazy } from './beliefs.js';
import * as G from './gates.js';
import { type Context, compared, learnt, type Outcome, type StepOf } from './judgement.js';
import { loadedMm, type State } from './state.js';
import { seenSwitching } from './switches.js';

export const shouldFlushRet: StepOf<'should_flush_ret'> = (s, event, ctx) => {
  const { cpu, ret } = event;
  const { target } = s.cpus[cpu].asked;
  if (target < 0 || target >= s.lab.cpus) {
    // Its first line is missing: the file begins in the middle of it.
    ctx.tell(learnt('should_flush'));
    return;
  }
  const port = s.lab.ports[cpu];
  const asks = (): boolean => s.lab.gate(cpu) === G.GATE_SHOULD_FLUSH;
  // The kernel may ask for its own CPU first (6.16): the model asks last, and is then told this answer.
  const ownFirst = target === cpu && asksOthersLater(cpu, ctx);
  // CPUs that the model asks and the kernel does not: the masks were read at different moments.
  while (!ownFirst && asks() && precedes(cpu, s.lab.stop(cpu).a, target)) {
    port.answer = false;
    s.lab.run(cpu, false);
  }
  port.answer = ret;
  if (s.lab.standsAt(cpu, G.GATE_SHOULD_FLUSH, target)) s.lab.run(cpu, false);
  else port.answered = askAgain(s, cpu, target);
  const outcome = judgeAnswer(s, event, target, port.answered, ctx);
  ctx.tell(outcome);
  const view = s.cpus[target];
  const isLoaded = s.mem[s.lab.per(cpu).flushInfo.mm] === loadedMm(s, target);
  if (view.mmKnown && !view.lazyKnown && isLoaded) setLazy(s, target, !ret, true);
  if (outcome.verdict === 'agreed' && !ret && isLoaded) view.lazySeen = ctx.at;
  if (outcome.verdict === 'raced' && ret) seenSwitching(s, target, ctx);
};

/** Whether the send at work asks for another CPU after this one's own answer. */
function asksOthersLater(cpu: number, { order, at }: Context): boolean {
  const event = order.events[order.nextOfTask(at)];
  return event?.kind === 'should_flush' && event.target !== cpu;
}

/** Others are asked in ascending order, the CPU itself last. */
const precedes = (cpu: number, first: number, second: number): boolean =>
  first !== cpu && (second === cpu || first < second);

/** should_flush_tlb on the CPU's request, as the model is now. */
function askAgain(s: State, cpu: number, target: number): boolean {
  let answer = false;
  s.lab.interrupt(cpu, function* (c) {
    answer = yield* s.own.shouldFlushTlb(c, target);
  });
  return answer;
}

function judgeAnswer(
  s: State,
  { cpu, ret }: EventOf<'should_flush_ret'>,
  target: number,
  model: boolean,
  ctx: Context,
): Outcome {
  const view = s.cpus[target];
  if (!view.mmKnown || !view.lazyKnown) return learnt('should_flush');
  const [kernelText, modelText] = [ret, model].map((answer) => (answer ? 'yes' : 'no'));
  return compared(ctx, 'should_flush', kernelText, modelText, () => otherAnswer(s, cpu, target, ret, ctx));
}

/**
 * Whether should_flush_tlb gives the kernel's answer if the target looked as it can have looked: it is asked
 * again.
 */
function otherAnswer(s: State, cpu: number, target: number, kernel: boolean, ctx: Context): boolean {
  const [from, to] = [s.cpus[cpu].asked.index, ctx.order.next[ctx.at]];
  const { lazy, loaded } = ctx.races.appearances(cpu, target, from, to, s.cpus[target].lazySeen);
  const state = s.lab.per(target).tlbstate;
  const [mm, flag] = [s.mem[state.loadedMm], s.mem[state.isLazy]];
  const looks = [mm, ...loaded].flatMap((seen) =>
    (lazy ? [flag, 1 - flag] : [flag]).map((as) => ({ seen, as })),
  );
  const explained = looks.some(({ seen, as }) => {
    s.mem[state.loadedMm] = seen;
    s.mem[state.isLazy] = as;
    return askAgain(s, cpu, target) === kernel;
  });
  s.mem[state.loadedMm] = mm;
  s.mem[state.isLazy] = flag;
  return explained;
}
