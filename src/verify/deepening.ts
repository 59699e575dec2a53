import { InputError } from '../vocabulary/errors.js';
import type { Keepable, RecordReader, RecordWriter } from './checkpoint/records.js';
import { WronglyRelied } from './kernel/footprints.js';
import { OutOfBudget } from './row-table.js';
import { Search, type SearchLimits, type SearchResult } from './search.js';
import { type SubjectSpace, within } from './searches.js';
import type { SplitAsked } from './shards/split.js';

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
  /** See SearchLimits. */
  readonly onRest?: () => void;
  readonly split?: SplitAsked;
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

/** How far it has come, between two searches; plain data, so that it can be kept. */
interface Way {
  /** The bound on switches of the search that is next, or under way; null: none. */
  switches: number | null;
  /** The newest search of all executions, which was not enough. */
  whole: SearchResult | null;
  /** The newest one within a bound. */
  best: { readonly result: SearchResult; readonly switches: number } | null;
  /** States of those within bounds since the newest of all executions. */
  spent: number;
  statesMax: number;
  withinSteps: number;
  /** A search of all executions has used up the memory, or its half of the time. */
  isTooLarge: boolean;
  isReduced: boolean;
  isShortest: boolean;
  reductions: readonly string[];
  /** A violation that steps at once have met, while the fewest steps are looked for. */
  reduced: { readonly found: SearchResult; readonly reductions: readonly string[] } | null;
}

/** `current` and `switches` are for those who tell how far it is. */
export class Deepening implements Keepable {
  current: Search | null = null;
  private made: SubjectSpace | null = null;
  /** No search comes after it. */
  private isAlone = false;
  private way: Way;
  /** What was kept of the search that is next. */
  private restored: RecordReader | null = null;

  /**
   * `make` is called anew where memory was used up, for what was being stored then is not whole, and where a
   * search has relied on what is not so.
   */
  constructor(
    private readonly make: (isReduced: boolean) => SubjectSpace,
    private readonly limits: DeepeningLimits,
  ) {
    this.way = {
      ...{ switches: null, whole: null, best: null, spent: 0, withinSteps: 0 },
      statesMax: limits.statesFirst ?? STATES_FIRST,
      ...{ isTooLarge: false, isReduced: limits.isReduced === true, isShortest: true },
      ...{ reductions: [], reduced: null },
    };
  }

  get switches(): number | null {
    return this.way.switches;
  }

  run(): Deepened {
    const { way } = this;
    for (;;) {
      const { switches } = way;
      const result = switches === null ? this.searchAll() : this.search(switches);
      if (isDecided(result)) return this.answer(result, switches);
      if (switches === null) {
        way.whole = result;
        way.switches = way.best === null ? 0 : way.best.switches + 1;
      } else if (result.complete) this.deepen(result, switches);
      else return this.undecided(endedOf(result) ?? 'time', result);
    }
  }

  /** After every execution within a bound: what comes next. */
  private deepen(result: SearchResult, switches: number): void {
    const { way } = this;
    way.best = { result, switches };
    way.spent += result.states;
    way.switches = switches + 1;
    if (way.isTooLarge || way.spent < way.statesMax) return;
    way.spent = 0;
    way.statesMax *= STATES_FACTOR;
    way.switches = null;
  }

  private undecided(ended: Deepened['ended'], newest: SearchResult): Deepened {
    const { best, whole, withinSteps } = this.way;
    return this.told(best?.result ?? whole ?? newest, best?.switches ?? null, withinSteps, ended);
  }

  /** Between two states of a search (`onRest`). */
  keep(to: RecordWriter): void {
    const { current, made, way } = this;
    if (current === null || made === null) throw new Error('no search is under way');
    to.value(way);
    to.value([made.budget.limit, made.budget.used]);
    current.keep(to);
  }

  /** The next call of `run` or `only` goes on there. What it reads of the search itself it reads then. */
  restore(from: RecordReader): void {
    this.way = from.value<Way>();
    this.restored = from;
  }

  /** Executions within one bound alone; null: all, with all the time and memory that there is. */
  only(switches: number | null): Deepened {
    this.isAlone = true;
    this.way.switches = switches;
    const result = this.search(switches);
    const ended = endedOf(result);
    return this.told(result, switches, Math.max(0, result.depth - 1), ended);
  }

  /** All executions, up to so many states. */
  upTo(statesMax: number): Deepened {
    this.way.statesMax = statesMax;
    const result = this.searchAll();
    return this.told(result, null, this.way.withinSteps, result.ended);
  }

  private answer(result: SearchResult, switches: number | null): Deepened {
    // A bound that left nothing out is none; a witness is the shortest within it all the same.
    const bound = result.complete ? null : switches;
    return this.told(result, bound, this.way.withinSteps, null);
  }

  private told(
    result: SearchResult,
    switches: number | null,
    withinSteps: number,
    ended: Deepened['ended'],
  ): Deepened {
    const { isShortest, reductions } = this.way;
    return { result, switches, isShortest, reductions, withinSteps, ended };
  }

  private searchAll(): SearchResult {
    const result = this.search(null);
    this.way.withinSteps = Math.max(this.way.withinSteps, result.depth - 1);
    this.way.isTooLarge = result.ended === 'memory' || result.ended === 'time';
    return result;
  }

  private search(switches: number | null): SearchResult {
    const { limits, way } = this;
    const { isOver, onRest, split } = limits;
    if (way.reduced === null) {
      const found = this.ran(switches, {
        isOver: () => isOver() || (switches === null && !this.isAlone && limits.isHalfOver()),
        statesMax: switches === null && !this.isAlone ? way.statesMax : undefined,
        ...{ onRest, split },
      });
      const { reductions } = way;
      if (found.schedule === null || reductions.length === 0) return found;
      // Steps at once are not counted one by one: the fewest are found where each is one of its own.
      way.reduced = { found, reductions };
      way.isReduced = false;
      this.made = null;
    }
    const { found, reductions } = way.reduced;
    const shortest = this.ran(switches, { isOver, onRest });
    if (shortest.schedule !== null) return shortest;
    way.isShortest = false;
    way.reductions = reductions;
    return found;
  }

  /** A search that has relied on nothing that is not so. */
  private ran(switches: number | null, limits: SearchLimits): SearchResult {
    for (;;) {
      const search = this.searchWithin(switches, limits);
      this.current = search;
      this.way.reductions = this.made?.reductions ?? [];
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
    this.made ??= this.make(this.way.isReduced);
    if (this.restored !== null) return this.restoredWithin(switches, limits, this.made, this.restored);
    try {
      return new Search(within(this.made.space, switches), this.made.budget, limits);
    } catch (error) {
      if (isNew || !(error instanceof OutOfBudget)) throw error;
      // What is known of executions has left no room for states.
      this.made = null;
      return this.searchWithin(switches, limits);
    }
  }

  private restoredWithin(
    switches: number | null,
    limits: SearchLimits,
    { space, budget }: SubjectSpace,
    from: RecordReader,
  ): Search {
    this.restored = null;
    const [limit, used] = from.value<readonly number[]>();
    if (used > budget.limit)
      throw new InputError(
        `the search that is kept takes ${used} bytes already, and may take ${budget.limit}`,
        'give more with --memory-limit',
      );
    // With more memory, all executions may fit that did not.
    if (budget.limit > limit) this.way.isTooLarge = false;
    const search = new Search(within(space, switches), budget, limits);
    search.restore(from);
    return search;
  }
}

function endedOf({ ended }: SearchResult): 'memory' | 'time' | null {
  return ended === 'states' ? null : ended;
}

/** Of all executions something is known, not only of those within a bound. */
function isDecided({ schedule, complete, isCut }: SearchResult): boolean {
  return schedule !== null || (complete && !isCut);
}
