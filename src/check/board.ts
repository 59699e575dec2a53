/** Counts what was compared, by kind, and keeps the disagreements. */
import type { TraceEvent } from '../trace/events.js';
import { KIND_NAMES, KIND_WITHOUT_BAR, type Kind } from './kinds.js';

export interface Score {
  agreed: number;
  /** The kernel's value is that of another order which the recording allows. */
  raced: number;
  disagreed: number;
  /** First sights: there was nothing to compare with yet. */
  learnt: number;
}

export interface Disagreement {
  /** 1-based line of the file. */
  readonly line: number;
  readonly kind: Kind;
  readonly kernel: string;
  readonly model: string;
}

/** Disagreements kept beyond this number are only counted. */
const KEEP = 10_000;

export const emptyScore = (): Score => ({ agreed: 0, raced: 0, disagreed: 0, learnt: 0 });

export class Board {
  readonly kinds: Record<Kind, Score>;
  readonly disagreements: Disagreement[] = [];
  readonly races: Disagreement[] = [];

  constructor() {
    this.kinds = Object.fromEntries(KIND_NAMES.map((kind) => [kind, emptyScore()])) as Record<Kind, Score>;
  }

  /** Lines of which nothing is compared, by kind of event. */
  readonly notModelled: Record<string, number> = {};

  /** The line is about something that the model does not have. */
  leave(event: TraceEvent): void {
    this.notModelled[event.kind] = (this.notModelled[event.kind] ?? 0) + 1;
  }

  agree(kind: Kind): void {
    this.kinds[kind].agreed++;
  }
  learn(kind: Kind): void {
    this.kinds[kind].learnt++;
  }
  differ(kind: Kind, line: number, kernel: string, model: string, raced: boolean): void {
    const list = raced ? this.races : this.disagreements;
    this.kinds[kind][raced ? 'raced' : 'disagreed']++;
    if (list.length < KEEP) list.push({ line, kind, kernel, model });
  }

  /** Over all kinds that have a bar. */
  total(): Score {
    const total = emptyScore();
    for (const kind of KIND_NAMES) {
      if (kind === KIND_WITHOUT_BAR) continue;
      const score = this.kinds[kind];
      total.agreed += score.agreed;
      total.raced += score.raced;
      total.disagreed += score.disagreed;
      total.learnt += score.learnt;
    }
    return total;
  }
}
