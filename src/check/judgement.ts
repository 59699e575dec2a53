/** Where a judgement stands, what a comparison comes to, and who is told. */
import type { EventOf, TraceEvent } from '../trace/events.js';
import type { Host } from './hypervisor.js';
import type { Kind } from './kinds.js';
import type { Order } from './order.js';
import type { Races } from './races.js';
import type { State } from './state.js';

/**
 * `raced`: the kernel's value is that of another order which the recording allows. `learnt`: a first sight,
 * there was nothing to compare with yet. `contradicted`: what the recording says elsewhere cannot be so
 * either; it is not the kernel that is found to differ.
 */
export type Verdict = 'agreed' | 'raced' | 'disagreed' | 'learnt' | 'contradicted';

/** What a comparison of the recording with the model came to. */
export interface Outcome {
  readonly kind: Kind;
  readonly verdict: Verdict;
  /** 1-based line of the file; 0 where the verdict needs none. */
  readonly line: number;
  readonly kernel: string;
  readonly model: string;
}

export interface Context {
  readonly order: Order;
  readonly races: Races;
  readonly host: Host;
  /** Index of the line that is judged. */
  readonly at: number;
  /** Index of the line that the check has come to: later than `at` where what a line says is taken late. */
  readonly now: number;
  readonly tell: (outcome: Outcome) => void;
}

/** Brings the model to a line of one kind, has its values judged, and takes over what the recording says. */
export type Step<E extends TraceEvent> = (s: State, event: E, ctx: Context) => void;
export type StepOf<K extends TraceEvent['kind']> = Step<EventOf<K>>;

export const agreed = (kind: Kind): Outcome => ({ kind, verdict: 'agreed', line: 0, kernel: '', model: '' });
export const learnt = (kind: Kind): Outcome => ({ kind, verdict: 'learnt', line: 0, kernel: '', model: '' });

export function contradicts(kind: Kind, line: number, kernel: string, model: string): Outcome {
  return { kind, verdict: 'contradicted', line, kernel, model };
}

export function differs(kind: Kind, line: number, kernel: string, model: string, raced = false): Outcome {
  return { kind, verdict: raced ? 'raced' : 'disagreed', line, kernel, model };
}

/** A value that differs, at the line that is judged. */
export function differsHere(ctx: Context, kind: Kind, kernel: string, model: string, raced = false): Outcome {
  // While a request is under way that began before the file, its increment and what it asked for are unknown.
  if (!raced && ctx.at < ctx.order.headEnd) return learnt(kind);
  return differs(kind, ctx.order.events[ctx.at].line, kernel, model, raced);
}

/** The kernel's value against the model's; `raced`: whether another order explains the kernel's. */
export function compared(
  ctx: Context,
  kind: Kind,
  kernel: string,
  model: string,
  raced: () => boolean = () => false,
): Outcome {
  return kernel === model ? agreed(kind) : differsHere(ctx, kind, kernel, model, raced());
}

/** A generation that was read between the lines `from` and `to` of a CPU. */
export function comparedGen(
  ctx: Context,
  kind: Kind,
  kernel: number,
  model: number,
  {
    cpu,
    mm,
    from,
    to,
  }: { readonly cpu: number; readonly mm: number; readonly from: number; readonly to: number },
): Outcome {
  return compared(ctx, kind, String(kernel), String(model), () => {
    const [before, after] = ctx.races.increments(cpu, mm, from, to, ctx.now);
    return kernel >= model - before && kernel <= model + after;
  });
}

/** The context of the line at `index`, taken late. */
export const lateAt = (ctx: Context, index: number): Context => ({ ...ctx, at: index });
