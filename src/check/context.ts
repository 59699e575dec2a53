/** Where a judgement stands: the line that is judged, what is around it, and who is told. */
import type { EventOf, TraceEvent } from '../trace/events.js';
import type { Host } from './host.js';
import type { Kind } from './kinds.js';
import type { Order } from './order.js';
import { differs, learnt, type Outcome } from './outcome.js';
import type { Races } from './races.js';
import type { State } from './state.js';

export interface Context {
  readonly order: Order;
  readonly races: Races;
  readonly host: Host;
  /** Index of the line that is judged. */
  readonly at: number;
  /** Index of the line that the replay has come to: later than `at` where what a line says is taken late. */
  readonly now: number;
  readonly tell: (outcome: Outcome) => void;
}

/** Brings the model to a line of one kind, has its values judged, and takes over what the recording says. */
export type Step<E extends TraceEvent> = (s: State, event: E, ctx: Context) => void;
export type StepOf<K extends TraceEvent['kind']> = Step<EventOf<K>>;

/** A value that differs, at the line that is judged. */
export function differsHere(
  ctx: Context,
  kind: Kind,
  kernel: string,
  model: string,
  raced: boolean,
): Outcome {
  // While a request is under way that began before the file, its increment and what it asked for are unknown.
  if (!raced && ctx.at < ctx.order.headEnd) return learnt(kind);
  return differs(kind, ctx.order.events[ctx.at].line, kernel, model, raced);
}

/** The context of the line at `index`, taken late. */
export const lateAt = (ctx: Context, index: number): Context => ({ ...ctx, at: index });
