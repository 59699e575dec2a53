import { OutOfBudget } from './row-table.js';
import { Search, type SearchLimits, type SearchResult } from './search.js';
import { type SubjectSpace, within } from './searches.js';

/**
 * All executions, where they fit; else those with no switch, with one, with two, and so on, until memory or
 * time ends. A search of all comes first, for most that is asked for is small, and again with more states as
 * often as the bounded ones have looked at as many: so neither makes the whole much dearer than the one that
 * decides it would have been alone.
 */

export interface DeepeningLimits {
  /** The search ends. */
  readonly isOver: () => boolean;
  /** So much of the time is used that what is left belongs to bounded searches. */
  readonly isHalfOver: () => boolean;
  /** States of the first search of all executions. */
  readonly statesFirst?: number;
}

export interface Deepened {
  /** Of the search that says most. */
  readonly result: SearchResult;
  /** The bound on switches of that search; null: none. */
  readonly switches: number | null;
  /** Every execution of up to so many steps was looked at, whatever its switches. */
  readonly withinSteps: number;
  /** Why there is no answer about all executions; null: there is one, or a violation. */
  readonly ended: 'memory' | 'time' | 'states' | null;
}

/** Most two-CPU scenarios of the catalogue have fewer. */
const STATES_FIRST = 2 ** 18;
const STATES_FACTOR = 4;

/** `current` and `begun` are for those who tell how far it is. */
export class Deepening {
  current: Search | null = null;
  switches: number | null = null;
  private made: SubjectSpace | null = null;
  private withinSteps = 0;
  private statesMax: number;
  /** A search of all executions has used up the memory, or its half of the time. */
  private isTooLarge = false;

  /** `make` is called anew where memory was used up: what was being stored then is not whole. */
  constructor(
    private readonly make: () => SubjectSpace,
    private readonly limits: DeepeningLimits,
  ) {
    this.statesMax = limits.statesFirst ?? STATES_FIRST;
  }

  run(): Deepened {
    let whole = this.searchAll();
    if (isDecided(whole)) return this.answer(whole, null);
    let best: { readonly result: SearchResult; readonly switches: number } | null = null;
    for (let switches = 0, spent = 0; ; switches++) {
      const result = this.search(switches);
      if (isDecided(result)) return this.answer(result, switches);
      if (!result.complete) {
        const ended = endedOf(result) ?? 'time';
        return { ...(best ?? { result: whole, switches: null }), withinSteps: this.withinSteps, ended };
      }
      best = { result, switches };
      spent += result.states;
      if (this.isTooLarge || spent < this.statesMax) continue;
      spent = 0;
      this.statesMax *= STATES_FACTOR;
      whole = this.searchAll();
      if (isDecided(whole)) return this.answer(whole, null);
    }
  }

  /** Executions within one bound alone. */
  only(switches: number): Deepened {
    const result = this.search(switches);
    const ended = endedOf(result);
    return { result, switches, withinSteps: Math.max(0, result.depth - 1), ended };
  }

  /** All executions, up to so many states. */
  upTo(statesMax: number): Deepened {
    this.statesMax = statesMax;
    const result = this.searchAll();
    return { result, switches: null, withinSteps: this.withinSteps, ended: result.ended };
  }

  private answer(result: SearchResult, switches: number | null): Deepened {
    // A bound that left nothing out is none; a witness is the shortest within it all the same.
    const bound = result.complete ? null : switches;
    return { result, switches: bound, withinSteps: this.withinSteps, ended: null };
  }

  private searchAll(): SearchResult {
    const result = this.search(null);
    this.withinSteps = Math.max(this.withinSteps, result.depth - 1);
    this.isTooLarge = result.ended === 'memory' || result.ended === 'time';
    return result;
  }

  private search(switches: number | null): SearchResult {
    const { limits } = this;
    const search = this.searchWithin(switches, {
      isOver: () => limits.isOver() || (switches === null && limits.isHalfOver()),
      statesMax: switches === null ? this.statesMax : undefined,
    });
    this.current = search;
    this.switches = switches;
    const result = search.run();
    // What executions do is known to the next search too.
    search.release();
    if (result.ended === 'memory') this.made = null;
    return result;
  }

  private searchWithin(switches: number | null, limits: SearchLimits): Search {
    const isNew = this.made === null;
    this.made ??= this.make();
    try {
      return new Search(within(this.made.space, switches), this.made.budget, limits);
    } catch (error) {
      if (isNew || !(error instanceof OutOfBudget)) throw error;
      // What is known of executions has left no room for states.
      this.made = null;
      return this.searchWithin(switches, limits);
    }
  }
}

function endedOf({ ended }: SearchResult): 'memory' | 'time' | null {
  return ended === 'states' ? null : ended;
}

/** Of all executions something is known, not only of those within a bound. */
function isDecided({ schedule, complete, isCut }: SearchResult): boolean {
  return schedule !== null || (complete && !isCut);
}
