import { agentOf, cpuOfAgent } from '../machine/agents.js';
import type { PlainProgram } from '../programs/plain-program.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import { Automaton, END } from './automaton.js';
import { Column } from './column.js';
import { Components } from './components.js';
import { Judged, judgeAlways, judgeFinal } from './judged.js';
import { fairCycle, type StateGraph } from './livelock.js';
import {
  Choices,
  MOVE_AGENT,
  MOVE_COMPONENT,
  MOVE_FLAG,
  MOVE_MEMORY,
  MOVE_OUTCOME,
  MOVE_TARGET,
  MOVE_WORDS,
  Moves,
} from './moves.js';
import { MemoryBudget, OutOfBudget, RowTable } from './row-table.js';
import { FINE, MISTAKE, NOBODY, Stepper } from './step.js';

/**
 * All executions of a plain program, breadth first: every state once, with the state that it was first
 * reached from. So a witness is the shortest there is. Nothing is left out and no two states are taken for
 * one: the number of a state stands for its memory and for each CPU its local state, store buffer, interrupt
 * line and interrupted contexts, all compared word by word.
 */

export interface SearchLimits {
  /** Bytes that the search's tables may take. */
  readonly memoryBytes: number;
  /** Asked now and then; true ends the search. */
  readonly isOver: () => boolean;
  /**
   * Is told of every way in which an execution ends, as often as states have it; violations do not end the
   * search then.
   */
  readonly onEnd?: (end: 'finished' | 'stuck' | 'violation', memory: Int32Array) => void;
}

export interface SearchResult {
  /** Every reachable state has been expanded. */
  readonly complete: boolean;
  /** Why it is not complete, or null. */
  readonly ended: 'memory' | 'time' | null;
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
}

/** States between two looks at the clock. */
const CHECK_EVERY = 1024;
const NO_PARENT = -1;
/** Rounds of the cycle in a witness of a livelock: enough to see it repeat. */
const ROUNDS = 2;

export class Search implements StateGraph {
  readonly moves: Moves;
  readonly states: RowTable;
  readonly components: Components;
  readonly memory: RowTable;
  transitions = 0;
  depth = 0;
  expanded = 0;
  private readonly budget: MemoryBudget;
  private readonly automaton: Automaton;
  private readonly stepper: Stepper;
  private readonly parents: Column;
  private readonly row: Int32Array;
  private readonly invariant: Judged;
  private readonly final: Judged;
  /** By number of a first state: answers to choices on the way there. */
  private readonly firstAnswers: number[][] = [];
  private isMistake = false;
  private isLivelock = false;
  /** A step leads to a state that was expanded before: without one there is no cycle. */
  private goesBack = false;
  /** Of the newest `successor`: who moves, and the place of the move in the pool. */
  agent = 0;
  private move = 0;

  constructor(
    private readonly program: PlainProgram,
    memory: MemoryModel,
    private readonly limits: SearchLimits,
  ) {
    this.budget = new MemoryBudget(limits.memoryBytes);
    this.automaton = new Automaton(program, this.budget);
    this.components = new Components(this.budget);
    this.memory = new RowTable(program.hardwareBase, this.budget);
    this.states = new RowTable(program.cpus + 1, this.budget);
    this.parents = new Column(this.budget);
    this.row = new Int32Array(program.cpus + 1);
    this.stepper = new Stepper(program, memory, this.automaton, this.components);
    this.invariant = new Judged(this.memory, judgeAlways(program));
    this.final = new Judged(this.memory, judgeFinal(program));
    this.moves = new Moves(this.stepper, this.memory, (id) => this.invariant.isBad(id), this.budget);
  }

  run(): SearchResult {
    let schedule: readonly number[] | null = null;
    let ended: SearchResult['ended'] = null;
    try {
      schedule = this.begin() ?? this.explore() ?? this.livelock();
    } catch (error) {
      if (error instanceof OutOfBudget) ended = 'memory';
      else if (error instanceof TimeOver) ended = 'time';
      else throw error;
    }
    return {
      complete: ended === null && schedule === null,
      ended,
      isMistake: this.isMistake,
      isLivelock: this.isLivelock,
      schedule,
      states: this.states.count,
      expanded: this.expanded,
      transitions: this.transitions,
      depth: this.depth,
      memories: this.memory.count,
      localStates: this.automaton.states,
      peakMemoryBytes: this.budget.peak,
    };
  }

  /** The first states: one for each way to answer what scripts choose before their first operations. */
  private begin(): readonly number[] | null {
    const { program, stepper, row } = this;
    const choices = new Choices();
    const chooseInMoves = stepper.choose;
    stepper.choose = (n) => choices.next(n);
    do {
      stepper.mem.set(program.image.subarray(0, program.hardwareBase));
      let isFine = true;
      for (let cpu = 0; cpu < program.cpus; cpu++) {
        stepper.begin(cpu);
        isFine = isFine && stepper.outcome === FINE;
        this.isMistake = this.isMistake || stepper.outcome === MISTAKE;
        row[cpu + 1] = stepper.store();
      }
      if (!isFine) return choices.answers().map((answer) => -1 - answer);
      row[0] = this.memory.intern(stepper.mem);
      const before = this.states.count;
      const id = this.states.intern(row);
      if (id < before) continue;
      this.parents.set(id, NO_PARENT);
      this.firstAnswers[id] = choices.answers();
    } while (choices.another());
    stepper.choose = chooseInMoves;
    return null;
  }

  private livelock(): readonly number[] | null {
    if (!this.goesBack || this.limits.onEnd !== undefined) return null;
    const cycle = fairCycle(this, this.budget, () => this.look());
    if (cycle === null) return null;
    this.isLivelock = true;
    const round = cycle.steps.flatMap(({ from, k }) => {
      this.successor(from, k);
      return this.decisions(cpuOfAgent(this.agent), this.move);
    });
    return [...this.pathTo(cycle.state), ...Array.from({ length: ROUNDS }, () => round).flat()];
  }

  get count(): number {
    return this.states.count;
  }

  get cpus(): number {
    return this.program.cpus;
  }

  /** See StateGraph. */
  successor(state: number, k: number): number {
    const { cpus } = this.program;
    const { states, moves } = this;
    const at = state * (cpus + 1);
    let left = k;
    for (let cpu = 0; cpu < cpus; cpu++) {
      const entry = moves.of(states.rows[at], states.rows[at + 1 + cpu]);
      const count = moves.pool[entry];
      if (left < count) {
        this.move = entry + 1 + left * MOVE_WORDS;
        this.agent = agentOf(cpu, moves.pool[this.move + MOVE_AGENT]);
        this.follow(state, cpu, this.move);
        return states.intern(this.row);
      }
      left -= count;
    }
    return -1;
  }

  private look(): void {
    if (this.limits.isOver()) throw new TimeOver();
  }

  /**
   * Expands states in order of their depth. A violation of the state itself is a step shorter than one of a
   * step from it.
   */
  private explore(): readonly number[] | null {
    let levelEnd = this.states.count;
    let found: { readonly state: number; readonly cpu: number; readonly move: number } | null = null;
    for (let state = 0; state < this.states.count; state++) {
      if (state === levelEnd) {
        if (found !== null) break;
        levelEnd = this.states.count;
        this.depth++;
      }
      if (state % CHECK_EVERY === 0) this.look();
      const wrong = this.expand(state);
      if (wrong === STUCK) return this.pathTo(state);
      if (wrong !== null) found ??= { state, ...wrong };
      this.expanded++;
    }
    if (found === null) return null;
    this.isMistake = this.moves.pool[found.move + MOVE_OUTCOME] === MISTAKE;
    return [...this.pathTo(found.state), ...this.decisions(found.cpu, found.move)];
  }

  /** STUCK: nobody can move, and that is wrong. A move: that one goes wrong. */
  private expand(state: number): typeof STUCK | { readonly cpu: number; readonly move: number } | null {
    const { cpus } = this.program;
    const { row, states, moves } = this;
    let wrong: { readonly cpu: number; readonly move: number } | null = null;
    let count = 0;
    for (let cpu = 0; cpu < cpus; cpu++) {
      const at = state * (cpus + 1);
      const entry = moves.of(states.rows[at], states.rows[at + 1 + cpu]);
      const { pool } = moves;
      count += pool[entry];
      for (let i = 0; i < pool[entry]; i++) {
        const move = entry + 1 + i * MOVE_WORDS;
        this.transitions++;
        if (pool[move + MOVE_OUTCOME] !== FINE) {
          this.limits.onEnd?.('violation', this.words(pool[move + MOVE_MEMORY]));
          wrong ??= { cpu, move };
          continue;
        }
        this.follow(state, cpu, move);
        const before = states.count;
        const id = states.intern(row);
        if (id === before) this.parents.set(id, state);
        else if (id <= state) this.goesBack = true;
      }
    }
    if (count === 0 && this.isWrongEnd(state)) return this.limits.onEnd === undefined ? STUCK : null;
    return this.limits.onEnd === undefined ? wrong : null;
  }

  private words(memory: number): Int32Array {
    const { rows, width } = this.memory;
    return rows.slice(memory * width, (memory + 1) * width);
  }

  /** The state after a move, in `row`. */
  private follow(state: number, cpu: number, move: number): void {
    const { row, moves, components } = this;
    const { rows, width } = this.states;
    const { pool } = moves;
    const at = state * width;
    for (let i = 0; i < width; i++) row[i] = rows[at + i];
    row[0] = pool[move + MOVE_MEMORY];
    row[cpu + 1] = pool[move + MOVE_COMPONENT];
    const target = pool[move + MOVE_TARGET];
    if (target !== NOBODY) row[target + 1] = components.with(row[target + 1], pool[move + MOVE_FLAG]);
  }

  private isWrongEnd(state: number): boolean {
    const { cpus } = this.program;
    const at = state * (cpus + 1);
    const memory = this.states.rows[at];
    let isStuck = false;
    for (let cpu = 0; cpu < cpus; cpu++)
      isStuck = isStuck || this.components.mainNode(this.states.rows[at + 1 + cpu]) !== END;
    const isBad = !isStuck && this.final.isBad(memory);
    this.limits.onEnd?.(isStuck ? 'stuck' : isBad ? 'violation' : 'finished', this.words(memory));
    return isStuck || isBad;
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
    const { cpus } = this.program;
    const { states, moves, row } = this;
    for (let cpu = 0; cpu < cpus; cpu++) {
      const at = from * (cpus + 1);
      const entry = moves.of(states.rows[at], states.rows[at + 1 + cpu]);
      for (let i = 0; i < moves.pool[entry]; i++) {
        const move = entry + 1 + i * MOVE_WORDS;
        if (moves.pool[move + MOVE_OUTCOME] !== FINE) continue;
        this.follow(from, cpu, move);
        if (states.intern(row) === to) return this.decisions(cpu, move);
      }
    }
    throw new Error(`no step leads from state ${from} to ${to}`);
  }

  private decisions(cpu: number, move: number): number[] {
    return [
      agentOf(cpu, this.moves.pool[move + MOVE_AGENT]),
      ...this.moves.answersOf(move).map((answer) => -1 - answer),
    ];
  }
}

const STUCK = 'stuck';

class TimeOver extends Error {}
