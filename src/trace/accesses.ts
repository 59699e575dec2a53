/**
 * The accesses that the import adds, since a recording does not show accesses that do not fault: along each
 * stay in an mm, to what is flushed in the window, so that stale translations can be made and used.
 */
import type { ScriptStep } from '../vocabulary/scenario.js';
import type { MappedRange } from './page-map.js';

/** How many accesses are added. */
export interface AccessBudget {
  /** Pages accessed at the beginning of each stay in an mm, and at the window's end. */
  readonly perStay: number;
  /** How often each of them when the CPU comes back to an mm: a stale entry may be used late only. */
  readonly rounds: number;
  /** After each flush of the mm by somebody else. */
  readonly perFlush: number;
}

/** What an mm's accesses look like. */
export interface AccessPlan {
  /** Pages worth accessing, in order of preference. */
  readonly pages: readonly number[];
  /** Pages accessed by stores, because somebody takes the right to write away; the others are loaded. */
  readonly stores: ReadonlySet<number>;
  /** Whether anybody flushes the mm in the window; if not, once per stay is enough. */
  readonly flushed: boolean;
}

/** A stay in an mm from before the window: the pages that the CPU has cached of it. */
export interface EarlierStay {
  readonly mm: number;
  readonly pages: readonly number[];
}

/** Marks: where accesses go. All marks between two steps are of one mm. */
export type Mark =
  /** A stay begins: one that the window finds, one from before it, or one by a switch to the mm. */
  | { readonly is: 'stay'; readonly mm: number; readonly how: 'found' | 'switched' }
  | ({ readonly is: 'earlier' } & EarlierStay)
  /** The window ends. */
  | { readonly is: 'end'; readonly mm: number }
  /** Somebody else flushed the range. */
  | { readonly is: 'flushed'; readonly mm: number; readonly range: MappedRange };

/** Turns marks into accesses, one script long. */
export class Accesses {
  readonly #plans: readonly AccessPlan[];
  readonly #budget: AccessBudget;
  /** By mm: where in its preferred pages the next access goes on, so that all of them get their turn. */
  readonly #turn = new Map<number, number>();

  constructor(plans: readonly AccessPlan[], budget: AccessBudget) {
    this.#plans = plans;
    this.#budget = budget;
  }

  /**
   * For the marks between two steps: those of the stay that begins there, then what was flushed since or ends
   * there, each page once.
   */
  at(marks: readonly Mark[]): ScriptStep[] {
    const mm = marks[0]?.mm;
    const plan = mm === undefined ? undefined : this.#plans[mm];
    if (mm === undefined || plan === undefined) return [];
    const pages: number[] = [];
    const later = new Set<number>();
    let ends = false;
    for (const mark of marks) {
      if (mark.is === 'stay') {
        const own = this.#next(mm, plan);
        const rounds = plan.flushed && mark.how === 'switched' ? this.#budget.rounds : 1;
        for (let round = 0; round < rounds; round++) pages.push(...own);
      } else if (mark.is === 'earlier') {
        pages.push(...mark.pages.slice(0, this.#budget.perStay));
      } else if (mark.is === 'flushed') {
        const { start, end } = mark.range;
        const flushed = plan.pages.filter((page) => page >= start && page < end);
        for (const page of flushed.slice(0, this.#budget.perFlush)) later.add(page);
      } else {
        ends = true;
      }
    }
    if (ends && (pages.length === 0 || later.size > 0))
      for (const page of this.#next(mm, plan)) later.add(page);
    return [...pages, ...later].map((page) => ({ op: 'access', page, write: plan.stores.has(page) }));
  }

  #next(mm: number, plan: AccessPlan): number[] {
    const from = this.#turn.get(mm) ?? 0;
    const number = Math.min(this.#budget.perStay, plan.pages.length);
    this.#turn.set(mm, plan.pages.length === 0 ? 0 : (from + number) % plan.pages.length);
    return Array.from({ length: number }, (_, i) => plan.pages[(from + i) % plan.pages.length] ?? 0);
  }
}
