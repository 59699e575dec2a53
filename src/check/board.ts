/** Counts what was compared, by kind, and keeps the disagreements. */
import type { TraceEvent } from '../trace/events.js';
import { ownText } from '../trace/own-text.js';
import type { Outcome, Verdict } from './judgement.js';
import { KIND_NAMES, KIND_WITHOUT_BAR, type Kind } from './kinds.js';

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

/** Two tables of numbers, added up. */
export function added<Counts extends Readonly<Record<string, number>>>(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [name, number] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + number;
  return sum as Counts;
}

/** What a check found. */
export interface Findings {
  readonly kinds: Readonly<Record<Kind, Score>>;
  /** Lines by kind of event that the model has nothing for (global ASIDs, broadcast flushes): in no score. */
  readonly notModelled: Readonly<Record<string, number>>;
  readonly disagreements: readonly Disagreement[];
  /** What another order explains. */
  readonly races: readonly Disagreement[];
  /** Where the recording contradicts itself: learnt, in the scores. */
  readonly contradictions: readonly Disagreement[];
  /** Their number by kind. */
  readonly contradicted: Readonly<Record<string, number>>;
  /** Disagreements of the kind that has no bar: in no sum. */
  readonly uncounted: readonly Disagreement[];
}

export class Board {
  private readonly kinds = Object.fromEntries(KIND_NAMES.map((kind) => [kind, emptyScore()])) as Record<
    Kind,
    Score
  >;
  private readonly lists = {
    disagreements: [] as Disagreement[],
    races: [] as Disagreement[],
    contradictions: [] as Disagreement[],
    uncounted: [] as Disagreement[],
  };
  private readonly contradicted: Record<string, number> = {};
  private readonly notModelled: Record<string, number> = {};

  /** `left`: kinds that are not compared. */
  constructor(private readonly left: ReadonlySet<Kind>) {}

  /** The line is about something that the model does not have. */
  leave(event: TraceEvent): void {
    this.notModelled[event.kind] = (this.notModelled[event.kind] ?? 0) + 1;
  }

  private listOf(verdict: Verdict, kind: Kind): Disagreement[] {
    if (kind === KIND_WITHOUT_BAR) return this.lists.uncounted;
    if (verdict === 'contradicted') return this.lists.contradictions;
    return verdict === 'raced' ? this.lists.races : this.lists.disagreements;
  }

  add({ verdict, line, kind, kernel, model }: Outcome): void {
    if (this.left.has(kind)) return;
    if (verdict === 'contradicted') this.contradicted[kind] = (this.contradicted[kind] ?? 0) + 1;
    this.kinds[kind][verdict === 'contradicted' ? 'learnt' : verdict]++;
    if (verdict === 'agreed' || verdict === 'learnt') return;
    const list = this.listOf(verdict, kind);
    if (list.length < KEEP) list.push({ line, kind, kernel: ownText(kernel), model: ownText(model) });
  }

  /** What was found, and the sums over the kinds that have a bar. */
  report(): Findings & Score {
    const { kinds, notModelled, contradicted } = this;
    const barred = KIND_NAMES.filter((kind) => kind !== KIND_WITHOUT_BAR).map((kind) => kinds[kind]);
    return { kinds, ...barred.reduce(added), notModelled, ...this.lists, contradicted };
  }
}
