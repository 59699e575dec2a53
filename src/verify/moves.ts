import { BUFFER_AGENT, CPU_AGENT, LINE_AGENT } from '../machine/agents.js';
import { Column } from './column.js';
import { type MemoryBudget, RowTable } from './row-table.js';
import { FINE, NOBODY, type Stepper, VIOLATION } from './step.js';

/**
 * What one CPU's agents can do, by memory and the CPU's component. Far fewer pairs than states: each is
 * worked out once. In the pool an entry is a number of moves, then MOVE_WORDS words for each.
 */

export const MOVE_WORDS = 6;
/**
 * Of a move: the agent's kind; memory and component after it; who is interrupted (or NOBODY) by which flag;
 * how it ended.
 */
export const MOVE_AGENT = 0;
export const MOVE_MEMORY = 1;
export const MOVE_COMPONENT = 2;
export const MOVE_TARGET = 3;
export const MOVE_FLAG = 4;
export const MOVE_OUTCOME = 5;

const AGENTS = [CPU_AGENT, BUFFER_AGENT, LINE_AGENT] as const;

export class Moves {
  pool: Int32Array;
  private used = 1;
  private readonly pairs: RowTable;
  private readonly pair = new Int32Array(2);
  /** By pair: where its moves are in the pool; 0: not worked out. */
  private readonly entries: Column;
  /** Answers to `choose` of a move, by its place in the pool; most have none. */
  private readonly answers = new Map<number, readonly number[]>();
  private readonly choices = new Choices();

  /** `isBad` says whether the program's invariant is broken in a memory. */
  constructor(
    private readonly stepper: Stepper,
    private readonly memory: RowTable,
    private readonly isBad: (memory: number) => boolean,
    private readonly budget: MemoryBudget,
  ) {
    this.pairs = new RowTable(2, budget);
    this.entries = new Column(budget);
    budget.take(4096 * 4);
    this.pool = new Int32Array(4096);
    stepper.choose = (n) => this.choices.next(n);
  }

  /** Where the entry is in the pool. */
  of(memory: number, component: number): number {
    this.pair[0] = memory;
    this.pair[1] = component;
    const index = this.pairs.intern(this.pair);
    const entry = this.entries.get(index);
    return entry !== 0 ? entry : this.workOut(index, memory, component);
  }

  answersOf(move: number): readonly number[] {
    return this.answers.get(move) ?? [];
  }

  private workOut(index: number, memory: number, component: number): number {
    const { stepper } = this;
    const moves: { readonly words: readonly number[]; readonly answers: readonly number[] }[] = [];
    for (const agent of AGENTS) {
      this.load(memory, component);
      if (!stepper.canMove(agent)) continue;
      this.choices.begin();
      do {
        this.load(memory, component);
        stepper.move(agent);
        moves.push({ words: this.told(agent), answers: this.choices.answers() });
      } while (this.choices.another());
    }
    const entry = this.room(1 + moves.length * MOVE_WORDS);
    this.pool[entry] = moves.length;
    moves.forEach(({ words, answers }, i) => {
      const at = entry + 1 + i * MOVE_WORDS;
      this.pool.set(words, at);
      if (answers.length > 0) this.answers.set(at, answers);
    });
    this.entries.set(index, entry);
    return entry;
  }

  private told(agent: number): number[] {
    const { stepper } = this;
    const memory = this.memory.intern(stepper.mem);
    const { outcome, target, targetFlag } = stepper;
    const isBad = outcome === FINE && this.isBad(memory);
    return [
      agent,
      memory,
      stepper.store(),
      target,
      target === NOBODY ? 0 : targetFlag,
      isBad ? VIOLATION : outcome,
    ];
  }

  private load(memory: number, component: number): void {
    const { stepper } = this;
    const { width, rows } = this.memory;
    for (let i = 0; i < width; i++) stepper.mem[i] = rows[memory * width + i];
    stepper.load(component);
  }

  private room(words: number): number {
    const at = this.used;
    if (at + words > this.pool.length) {
      const length = this.pool.length * 2;
      this.budget.take(length * 4);
      const pool = new Int32Array(length);
      pool.set(this.pool);
      this.budget.giveBack(this.pool.length * 4);
      this.pool = pool;
    }
    this.used += words;
    return at;
  }
}

/** All ways to answer the choices on the way through some code, which is run once for each. */
export class Choices {
  private readonly limits: number[] = [];
  private readonly values: number[] = [];
  private at = 0;

  /** Before the first way. */
  begin(): void {
    this.limits.length = 0;
    this.values.length = 0;
    this.at = 0;
  }

  next(n: number): number {
    if (this.at === this.values.length) {
      this.values.push(0);
      this.limits.push(n);
    }
    return this.values[this.at++];
  }

  answers(): number[] {
    return this.values.slice(0, this.at);
  }

  /** Turns to the next way, if there is one. */
  another(): boolean {
    this.at = 0;
    while (this.values.length > 0) {
      const last = this.values.length - 1;
      if (++this.values[last] < this.limits[last]) return true;
      this.values.pop();
      this.limits.pop();
    }
    return false;
  }
}
