import { Column } from './column.js';
import type { MemoryBudget } from './row-table.js';

/**
 * Executions without end. A livelock is a cycle that is fair to everybody: whoever can move in one of its
 * states also moves in it, so that no scheduler that lets everybody go on who can again and again leads out
 * of it (strong fairness). A cycle in which somebody could move and never does is only what an unfair
 * scheduler makes of a wait.
 *
 * A fair execution without end ends up in a strongly connected part of the graph in which all who can move
 * do. So each component (Tarjan's algorithm, with a stack of its own) is fair as a whole, or is looked at
 * again without the states in which somebody can move who never does within it.
 */

export interface StateGraph {
  readonly count: number;
  readonly cpus: number;
  /**
   * The state that the k-th step from a state leads to, and in `agent` who takes it; -1 where there are
   * fewer.
   */
  successor(state: number, k: number): number;
  readonly agent: number;
}

/** The k-th step from a state. */
export interface Step {
  readonly from: number;
  readonly k: number;
}

/** One round of a fair cycle: from a state, by these steps, back to it. */
export interface FairCycle {
  readonly state: number;
  readonly steps: readonly Step[];
}

/**
 * Null: every execution that is fair ends. `isOver` is asked now and then; what it throws ends the search.
 */
export function fairCycle(graph: StateGraph, budget: MemoryBudget, isOver: () => void): FairCycle | null {
  return new Components(graph, budget, isOver).search();
}

const CHECK_EVERY = 1024;

class Components {
  /** By state: when it was first come to, from 1; 0 not yet. */
  private readonly index: Column;
  /** The earliest state that it reaches; negative: the number of its component, which is complete. */
  private readonly low: Column;
  private readonly open: Column;
  private readonly path: Column;
  private readonly next: Column;
  private opened = 0;
  private visited = 0;
  private components = 0;
  /** States with a step to themselves. */
  private readonly loops = new Set<number>();

  constructor(
    private readonly graph: StateGraph,
    budget: MemoryBudget,
    private readonly isOver: () => void,
  ) {
    this.index = new Column(budget);
    this.low = new Column(budget);
    this.open = new Column(budget);
    this.path = new Column(budget);
    this.next = new Column(budget);
  }

  search(): FairCycle | null {
    for (let root = 0; root < this.graph.count; root++) {
      if (this.index.get(root) !== 0) continue;
      const found = this.from(root, 0);
      if (found !== null) return found;
    }
    return null;
  }

  /** `base`: how much of the path belongs to others. */
  private from(root: number, base: number): FairCycle | null {
    const { graph, index, low, path, next } = this;
    let depth = base;
    this.enter(root, depth);
    while (depth >= base) {
      const state = path.get(depth);
      const to = graph.successor(state, next.get(depth));
      if (to >= 0) {
        next.set(depth, next.get(depth) + 1);
        if (to === state) this.loops.add(state);
        if (index.get(to) === 0) this.enter(to, ++depth);
        else if (low.get(to) > 0 && low.get(to) < low.get(state)) low.set(state, low.get(to));
        continue;
      }
      if (low.get(state) === index.get(state)) {
        const found = this.complete(state, depth + 1);
        if (found !== null) return found;
      }
      depth--;
      const reached = low.get(state);
      if (depth >= base && reached > 0 && reached < low.get(path.get(depth)))
        low.set(path.get(depth), reached);
    }
    return null;
  }

  private enter(state: number, depth: number): void {
    if (++this.visited % CHECK_EVERY === 0) this.isOver();
    this.index.set(state, this.visited);
    this.low.set(state, this.visited);
    this.open.set(this.opened++, state);
    this.path.set(depth, state);
    this.next.set(depth, 0);
  }

  /**
   * Takes the component of a state off the stack; answers a fair round in it. `free`: where the path may be
   * used from.
   */
  private complete(root: number, free: number): FairCycle | null {
    const number = -++this.components;
    // Most are one state without a cycle.
    if (this.open.get(this.opened - 1) === root && !this.loops.has(root)) {
      this.low.set(root, number);
      this.opened--;
      return null;
    }
    const members: number[] = [];
    for (;;) {
      const member = this.open.get(--this.opened);
      this.low.set(member, number);
      members.push(member);
      if (member === root) break;
    }
    const moves = this.movesWithin(members, number);
    if (moves.size === 0) return null;
    const left = members.filter((member) => this.agentsOf(member).every((agent) => moves.has(agent)));
    if (left.length === members.length)
      return this.round(
        members.reduce((least, member) => Math.min(least, member)),
        number,
        [...moves.values()],
      );
    for (const member of left) this.index.set(member, 0);
    for (const member of left) {
      const found = this.index.get(member) === 0 ? this.from(member, free) : null;
      if (found !== null) return found;
    }
    return null;
  }

  /** By agent: a step of it within a component. */
  private movesWithin(members: readonly number[], number: number): Map<number, Step> {
    const moves = new Map<number, Step>();
    for (const from of members) {
      for (let k = 0; ; k++) {
        const to = this.graph.successor(from, k);
        if (to < 0) break;
        if (this.low.get(to) === number && !moves.has(this.graph.agent))
          moves.set(this.graph.agent, { from, k });
      }
    }
    return moves;
  }

  private agentsOf(state: number): number[] {
    const agents: number[] = [];
    for (let k = 0; this.graph.successor(state, k) >= 0; k++) agents.push(this.graph.agent);
    return agents;
  }

  /** From the state through each of the steps, and back. */
  private round(state: number, number: number, wanted: readonly Step[]): FairCycle {
    const steps: Step[] = [];
    let at = state;
    for (const step of wanted) {
      steps.push(...this.way(at, step.from, number), step);
      at = this.graph.successor(step.from, step.k);
    }
    steps.push(...this.way(at, state, number));
    return { state, steps };
  }

  /** The shortest way within a component. */
  private way(from: number, to: number, number: number): Step[] {
    const before = new Map<number, Step | null>([[from, null]]);
    for (const at of before.keys()) {
      if (at === to) break;
      for (let k = 0; ; k++) {
        const next = this.graph.successor(at, k);
        if (next < 0) break;
        if (this.low.get(next) === number && !before.has(next)) before.set(next, { from: at, k });
      }
    }
    const steps: Step[] = [];
    for (let step = before.get(to) ?? null; step !== null; step = before.get(step.from) ?? null)
      steps.push(step);
    return steps.reverse();
  }
}
