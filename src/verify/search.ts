import { FAIR_STEPS_MIN } from '../drive/fair.js';
import { agentOf, CPU_AGENT, cpuOfAgent, isEnvironment } from '../machine/agents.js';
import type { Keepable, RecordReader, RecordWriter } from './checkpoint/records.js';
import { Column } from './column.js';
import { fairCycle, type StateGraph } from './livelock.js';
import { type MemoryBudget, OutOfBudget, RowTable } from './row-table.js';
import { type SplitAsked, type SplitDone, takeOwn } from './shards/split.js';
import { FINE, MISTAKE, type Space } from './space.js';

/**
 * All executions, breadth first: every state once, with the state that it was first reached from. So a
 * witness is the shortest there is. Nothing is left out and no two states are taken for one: rows are
 * compared word by word.
 */

export interface SearchLimits {
  /** Asked now and then; true ends the search. */
  readonly isOver: () => boolean;
  /** Is told just as often, and before it, that the search can be kept as it stands. */
  readonly onRest?: () => void;
  /** States after which it ends too; absent: without a bound. */
  readonly statesMax?: number;
  /** It is one of several searches that share the exploration; absent: it explores all. */
  readonly split?: SplitAsked;
  /**
   * Is told of every way in which an execution ends, as often as states have it; violations do not end the
   * search then.
   */
  readonly onEnd?: (end: 'finished' | 'stuck' | 'violation', memory: Int32Array) => void;
}

export interface SearchResult {
  /** Every reachable state has been expanded. */
  readonly complete: boolean;
  /** Whether executions beyond a bound on switches were left out of what is complete. */
  readonly isCut: boolean;
  /** Why it is not complete, or null. */
  readonly ended: 'memory' | 'time' | 'states' | null;
  /**
   * Whether the schedule ends in a mistake of the program, which no machine executes, and in no violation.
   */
  readonly isMistake: boolean;
  /** Whether it ends in rounds of a cycle that is fair to everybody. */
  readonly isLivelock: boolean;
  /**
   * A shortest schedule (agents; -1-c for a choice c) into a violation or a mistake of the program; null:
   * none was found.
   */
  readonly schedule: readonly number[] | null;
  readonly states: number;
  /** Of them expanded: all, where it is complete. */
  readonly expanded: number;
  readonly transitions: number;
  /** Steps from the start to the newest state. */
  readonly depth: number;
  readonly memories: number;
  readonly localStates: number;
  readonly peakMemoryBytes: number;
  /** Where it left others' states to them; null: nowhere, it is a search of all. */
  readonly split: SplitDone | null;
}

/** States between two looks at the clock. */
const CHECK_EVERY = 1024;
const NO_PARENT = -1;
/** Rounds of the cycle in a witness of a livelock at least: enough to see it repeat. */
const ROUNDS_MIN = 3;

export class Search implements StateGraph, Keepable {
  readonly states: RowTable;
  transitions = 0;
  depth = 0;
  expanded = 0;
  private readonly parents: Column;
  private readonly row: Int32Array;
  /** By number of a first state: answers to choices on the way there. */
  private firstAnswers: number[][] = [];
  /** The first state of the next depth, and the first step that goes wrong in this one. */
  private levelEnd = 0;
  private found: Wrong | null = null;
  private split: SplitDone | null = null;
  private isRestored = false;
  private isMistake = false;
  private isLivelock = false;
  /** A step leads to a state that was expanded before: without one there is no cycle. */
  private goesBack = false;
  /** Of the newest `successor`: who moves, and the number of the move in its state. */
  agent = 0;
  private k = 0;
  /** The opened state, and how many moves it has. */
  private opened = -1;
  private moves = 0;

  constructor(
    private readonly space: Space,
    private readonly budget: MemoryBudget,
    private readonly limits: SearchLimits,
  ) {
    this.states = new RowTable(space.width, budget);
    this.parents = new Column(budget);
    this.row = new Int32Array(space.width);
  }

  run(): SearchResult {
    let schedule: readonly number[] | null = null;
    let ended: SearchResult['ended'] = null;
    try {
      schedule = (this.isRestored ? null : this.begin()) ?? this.explore() ?? this.livelock();
    } catch (error) {
      if (error instanceof OutOfBudget) ended = 'memory';
      else if (error instanceof TimeOver) ended = 'time';
      else if (error instanceof EnoughStates) ended = 'states';
      else throw error;
    }
    return {
      complete: ended === null && schedule === null,
      isCut: this.space.isCut === true,
      ended,
      isMistake: this.isMistake,
      isLivelock: this.isLivelock,
      schedule,
      states: this.states.count,
      expanded: this.expanded,
      transitions: this.transitions,
      depth: this.depth,
      memories: this.space.memories,
      localStates: this.space.localStates,
      peakMemoryBytes: this.budget.peak,
      split: this.split,
    };
  }

  private begin(): readonly number[] | null {
    let wrong: readonly number[] | null = null;
    this.space.begin((row, answers, outcome) => {
      if (wrong !== null) return;
      this.isMistake = outcome === MISTAKE;
      if (outcome !== FINE) {
        wrong = answers.map((answer) => -1 - answer);
        return;
      }
      const before = this.states.count;
      const id = this.states.intern(row);
      if (id < before) return;
      this.parents.set(id, NO_PARENT);
      this.firstAnswers[id] = [...answers];
    });
    this.levelEnd = this.states.count;
    return wrong;
  }

  private livelock(): readonly number[] | null {
    if (!this.goesBack || this.limits.onEnd !== undefined) return null;
    // Somebody who is kept from moving by a bound alone would look as if it could not.
    if (this.space.isCut === true) return null;
    const cycle = fairCycle(this, this.budget, () => this.look());
    if (cycle === null) return null;
    this.isLivelock = true;
    const round = cycle.steps.flatMap(({ from, k }) => {
      this.successor(from, k);
      return this.decisions(this.k);
    });
    // As many steps as a replay wants of something that does not end.
    const rounds = Math.max(ROUNDS_MIN, Math.ceil(FAIR_STEPS_MIN / cycle.steps.length));
    return [...this.pathTo(cycle.state), ...Array.from({ length: rounds }, () => round).flat()];
  }

  get count(): number {
    return this.states.count;
  }

  get cpus(): number {
    return this.space.cpus;
  }

  /**
   * See StateGraph. The environment need not do anything: what it can do saves no execution from livelock.
   */
  successor(state: number, nth: number): number {
    const { space, states, row } = this;
    // Only of others' states, which they lead on from, not everything is known.
    if (state >= this.expanded) return -1;
    // Asked for one after the other: the state is open already.
    if (state !== this.opened) this.open(state);
    if (space.end() !== 'none') return -1;
    let left = nth;
    for (let k = 0; k < this.moves; k++) {
      if (isEnvironment(space.agent(k)) || left-- > 0) continue;
      this.agent = space.agent(k);
      this.k = k;
      space.follow(k, row);
      return states.intern(row);
    }
    return -1;
  }

  /** Its result is all that is wanted of it: its memory is the next search's to take. */
  release(): void {
    this.states.release();
    this.parents.release();
  }

  /** What it has found out, between two states; a search for cycles begins anew. */
  keep(to: RecordWriter): void {
    const { expanded, transitions, depth, levelEnd, found, split, goesBack, firstAnswers } = this;
    to.value({ expanded, transitions, depth, levelEnd, found, split, goesBack, firstAnswers });
    this.space.keep(to);
    this.states.keep(to);
    this.parents.keep(to);
    this.budget.keep(to);
  }

  restore(from: RecordReader): void {
    const told = from.value<Pick<Search, 'expanded' | 'transitions' | 'depth'> & Inner>();
    this.expanded = told.expanded;
    this.transitions = told.transitions;
    this.depth = told.depth;
    this.levelEnd = told.levelEnd;
    this.found = told.found;
    this.split = told.split;
    this.goesBack = told.goesBack;
    this.firstAnswers = told.firstAnswers;
    this.space.restore(from);
    this.states.restore(from);
    this.parents.restore(from);
    this.budget.restore(from);
    this.isRestored = true;
  }

  private look(): void {
    this.limits.onRest?.();
    if (this.limits.isOver()) throw new TimeOver();
  }

  /**
   * Expands states in order of their depth. A violation of the state itself is a step shorter than one of a
   * step from it.
   */
  private explore(): readonly number[] | null {
    const { statesMax = Number.POSITIVE_INFINITY } = this.limits;
    for (let state = this.expanded; state < this.states.count; state = this.expanded) {
      if (state === this.levelEnd) {
        if (this.found !== null) break;
        this.depth++;
        this.share(state);
        this.levelEnd = this.states.count;
        if (state === this.levelEnd) break;
      }
      if (state % CHECK_EVERY === 0) this.look();
      if (this.states.count > statesMax) throw new EnoughStates();
      const wrong = this.expand(state);
      if (wrong === STUCK) return this.pathTo(state);
      if (wrong !== FINE_ALL) this.found ??= { state, k: wrong };
      this.expanded++;
    }
    const { found } = this;
    if (found === null) return null;
    const path = this.pathTo(found.state);
    this.open(found.state);
    this.isMistake = this.space.follow(found.k, this.row) === MISTAKE;
    return [...path, ...this.decisions(found.k)];
  }

  /** At the first state of a depth: the states of this depth are shared out, where they are to be. */
  private share(state: number): void {
    const { split } = this.limits;
    if (split === undefined || this.split !== null || this.states.count - state < split.statesMin) return;
    this.split = takeOwn(this.states, this.parents, state, this.depth, split);
    this.opened = -1;
  }

  /** STUCK: nobody can move, and that is wrong. Else the number of a move that goes wrong, or FINE_ALL. */
  private expand(state: number): number {
    const { row, states, space, limits } = this;
    const count = this.open(state);
    const end = space.end();
    if (end !== 'none') {
      if (limits.onEnd === undefined) return end === 'finished' ? FINE_ALL : STUCK;
      const at = state * states.width;
      limits.onEnd(
        end === 'wrong' ? 'violation' : end,
        space.words(states.rows.slice(at, at + states.width)),
      );
      return FINE_ALL;
    }
    let wrong = FINE_ALL;
    for (let k = 0; k < count; k++) {
      this.transitions++;
      if (space.follow(k, row) !== FINE) {
        limits.onEnd?.('violation', space.words(row));
        if (wrong === FINE_ALL) wrong = k;
        continue;
      }
      const before = states.count;
      const id = states.intern(row);
      if (id === before) this.parents.set(id, state);
      else if (id <= state) this.goesBack = true;
    }
    return limits.onEnd === undefined ? wrong : FINE_ALL;
  }

  /** The decisions from the start to a state. */
  pathTo(state: number): number[] {
    const path: number[] = [];
    for (let at = state; at !== NO_PARENT; at = this.parents.get(at)) path.push(at);
    path.reverse();
    const decisions = this.firstAnswers[path[0]].map((answer) => -1 - answer);
    for (let i = 1; i < path.length; i++) decisions.push(...this.between(path[i - 1], path[i]));
    return decisions;
  }

  /** The decisions of a step from one state to another. */
  private between(from: number, to: number): number[] {
    const { states, space, row } = this;
    const count = this.open(from);
    for (let k = 0; k < count; k++)
      if (space.follow(k, row) === FINE && states.intern(row) === to) return this.decisions(k);
    throw new Error(`no step leads from state ${from} to ${to}`);
  }

  /** Opens a state; answers how many moves it has. */
  private open(state: number): number {
    this.opened = state;
    this.moves = this.space.open(this.states.rows, state * this.states.width);
    return this.moves;
  }

  /** Those of a move of the opened state. */
  private decisions(k: number): number[] {
    const { space } = this;
    const agent = space.agent(k);
    const own = agentOf(cpuOfAgent(agent), CPU_AGENT);
    return [
      ...[agent, ...space.answers(k).map((answer) => -1 - answer)],
      ...Array.from({ length: space.after?.(k) ?? 0 }, () => own),
    ];
  }
}

/** A step that goes wrong. */
interface Wrong {
  readonly state: number;
  readonly k: number;
}

/** What is kept of a search and nobody else sees. */
interface Inner {
  readonly levelEnd: number;
  readonly found: Wrong | null;
  readonly split: SplitDone | null;
  readonly goesBack: boolean;
  readonly firstAnswers: number[][];
}

const STUCK = -2;
const FINE_ALL = -1;

class TimeOver extends Error {}
class EnoughStates extends Error {}
