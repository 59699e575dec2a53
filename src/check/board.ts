/** Counts what was compared, by kind, and keeps the disagreements. */
import type { TraceEvent } from '../trace/events.js';
import { KIND_NAMES, type Kind } from './kinds.js';
import type { Outcome, Verdict } from './outcome.js';

export type Score = Record<Verdict, number>;
/** An outcome with its two sides: of a disagreement, or of a race. */
export type Disagreement = Omit<Outcome, 'verdict'>;

/** Disagreements kept beyond this number are only counted. */
export const KEEP = 10_000;

export const emptyScore = (): Score => ({ agreed: 0, raced: 0, disagreed: 0, learnt: 0 });

export class Board {
  readonly kinds = Object.fromEntries(KIND_NAMES.map((kind) => [kind, emptyScore()])) as Record<Kind, Score>;
  readonly disagreements: Disagreement[] = [];
  readonly races: Disagreement[] = [];

  /** Lines of which nothing is compared, by kind of event. */
  readonly notModelled: Record<string, number> = {};

  /** The line is about something that the model does not have. */
  leave(event: TraceEvent): void {
    this.notModelled[event.kind] = (this.notModelled[event.kind] ?? 0) + 1;
  }

  add({ verdict, line, kind, kernel, model }: Outcome): void {
    this.kinds[kind][verdict]++;
    if (verdict === 'agreed' || verdict === 'learnt') return;
    const list = verdict === 'raced' ? this.races : this.disagreements;
    if (list.length < KEEP) list.push({ line, kind, kernel, model });
  }
}
