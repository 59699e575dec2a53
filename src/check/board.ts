/** Counts what was compared, by kind, and keeps the disagreements. */
import type { TraceEvent } from '../trace/events.js';
import { ownText } from '../trace/own-text.js';
import { KIND_NAMES, KIND_WITHOUT_BAR, type Kind } from './kinds.js';
import type { Outcome, Verdict } from './outcome.js';

/**
 * Numbers by verdict; where the recording contradicts itself there is nothing to compare with, as at a first
 * sight: learnt.
 */
export type Score = Record<Exclude<Verdict, 'contradicted'>, number>;
/** An outcome with its two sides: of a disagreement, or of a race. */
export type Disagreement = Omit<Outcome, 'verdict'>;

/** Disagreements kept beyond this number are only counted. */
export const KEEP = 10_000;

export const emptyScore = (): Score => ({ agreed: 0, raced: 0, disagreed: 0, learnt: 0 });

export class Board {
  readonly kinds = Object.fromEntries(KIND_NAMES.map((kind) => [kind, emptyScore()])) as Record<Kind, Score>;
  readonly disagreements: Disagreement[] = [];
  readonly races: Disagreement[] = [];
  readonly contradictions: Disagreement[] = [];
  readonly contradicted: Partial<Record<Kind, number>> = {};
  /** Disagreements of the kind that has no bar. */
  readonly uncounted: Disagreement[] = [];

  /** Lines of which nothing is compared, by kind of event. */
  readonly notModelled: Record<string, number> = {};

  /** `left`: kinds that are not compared. */
  constructor(private readonly left: ReadonlySet<Kind>) {}

  /** The line is about something that the model does not have. */
  leave(event: TraceEvent): void {
    this.notModelled[event.kind] = (this.notModelled[event.kind] ?? 0) + 1;
  }

  private listOf(verdict: Verdict, kind: Kind): Disagreement[] {
    if (kind === KIND_WITHOUT_BAR) return this.uncounted;
    if (verdict === 'contradicted') return this.contradictions;
    return verdict === 'raced' ? this.races : this.disagreements;
  }

  add({ verdict, line, kind, kernel, model }: Outcome): void {
    if (this.left.has(kind)) return;
    if (verdict === 'contradicted') this.contradicted[kind] = (this.contradicted[kind] ?? 0) + 1;
    this.kinds[kind][verdict === 'contradicted' ? 'learnt' : verdict]++;
    if (verdict === 'agreed' || verdict === 'learnt') return;
    const list = this.listOf(verdict, kind);
    if (list.length < KEEP) list.push({ line, kind, kernel: ownText(kernel), model: ownText(model) });
  }
}
