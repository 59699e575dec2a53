import { WronglyRelied } from './kernel/footprints.js';
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
  /** Local steps are executed at once (kernel/local-steps.ts). */
  readonly isReduced?: boolean;
  /** States of the first search of all executions. */
  readonly statesFirst?: number;
}

export interface Deepened {
  /** Of the search that says most. */
  readonly result: SearchResult;
  /** The bound on switches of that search; null: none. */
  readonly switches: number | null;
  /** Of a violation: no execution needs fewer steps, within the bound. */
  readonly isShortest: boolean;
  /** Names of the reductions of that search. */
  readonly reductions: readonly string[];
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
  private isReduced: boolean;
  private isShortest = true;
  private reductions: readonly string[] = [];

  /**
   * `make` is called anew where memory was used up, for what was being stored then is not whole, and where a
   * search has relied on what is not so.
   */
  constructor(
    private readonly make: (isReduced: boolean) => SubjectSpace,
    private readonly limits: DeepeningLimits,
  ) {
    this.isReduced = limits.isReduced === true;
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
        return this.told(best?.result ?? whole, best?.switches ?? null, this.withinSteps, ended);
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
    return this.told(result, switches, Math.max(0, result.depth - 1), ended);
  }

  /** All executions, up to so many states. */
  upTo(statesMax: number): Deepened {
    this.statesMax = statesMax;
    const result = this.searchAll();
    return this.told(result, null, this.withinSteps, result.ended);
  }

  private answer(result: SearchResult, switches: number | null): Deepened {
    // A bound that left nothing out is none; a witness is the shortest within it all the same.
    const bound = result.complete ? null : switches;
    return this.told(result, bound, this.withinSteps, null);
  }

  private told(
    result: SearchResult,
    switches: number | null,
    withinSteps: number,
    ended: Deepened['ended'],
  ): Deepened {
    const { isShortest, reductions } = this;
    return { result, switches, isShortest, reductions, withinSteps, ended };
  }

  private searchAll(): SearchResult {
    const result = this.search(null);
    this.withinSteps = Math.max(this.withinSteps, result.depth - 1);
    this.isTooLarge = result.ended === 'memory' || result.ended === 'time';
    return result;
  }

  private search(switches: number | null): SearchResult {
    const { limits } = this;
    const found = this.ran(switches, {
      isOver: () => limits.isOver() || (switches === null && limits.isHalfOver()),
      statesMax: switches === null ? this.statesMax : undefined,
    });
    if (found.schedule === null || this.reductions.length === 0) return found;
    // Steps at once are not counted one by one: the fewest are found where each is one of its own.
    this.isReduced = false;
    this.made = null;
    const { reductions } = this;
    const shortest = this.ran(switches, { isOver: limits.isOver });
    if (shortest.schedule !== null) return shortest;
    this.isShortest = false;
    this.reductions = reductions;
    return found;
  }

  /** A search that has relied on nothing that is not so. */
  private ran(switches: number | null, limits: SearchLimits): SearchResult {
    for (;;) {
      const search = this.searchWithin(switches, limits);
      this.current = search;
      this.switches = switches;
      this.reductions = this.made?.reductions ?? [];
      try {
        const result = search.run();
        // What executions do is known to the next search too.
        search.release();
        if (result.ended === 'memory') this.made = null;
        return result;
      } catch (error) {
        if (!(error instanceof WronglyRelied)) throw error;
        this.made = null;
      }
    }
  }

  private searchWithin(switches: number | null, limits: SearchLimits): Search {
    const isNew = this.made === null;
    this.made ??= this.make(this.isReduced);
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
