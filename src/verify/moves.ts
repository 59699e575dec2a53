import { isEnvironment } from '../machine/agents.js';
import type { Keepable, RecordReader, RecordWriter } from './checkpoint/records.js';
import { Choices } from './choices.js';
import { Column } from './column.js';
import { type MemoryBudget, RowTable } from './row-table.js';

/**
 * What one CPU's agents can do, by memory and the CPU's component. Far fewer pairs than states: each is
 * worked out once. In the pool an entry is a number of moves, how many of them are not the environment's,
 * then MOVE_WORDS words for each.
 */

export const MOVE_WORDS = 7;
/**
 * Of a move: the agent's kind; memory and component after it; who is interrupted (or nobody, negative) by
 * which flag; how it ended; how many steps of the CPU's code were executed with it.
 */
export const MOVE_AGENT = 0;
export const MOVE_MEMORY = 1;
export const MOVE_COMPONENT = 2;
export const MOVE_TARGET = 3;
export const MOVE_FLAG = 4;
export const MOVE_OUTCOME = 5;
export const MOVE_AFTER = 6;
/** Of an entry: where its moves begin, and where it says how many have to be made some time. */
export const ENTRY_MOVES = 2;
export const ENTRY_DUE = 1;

/** What makes moves. */
export interface Mover {
  /** Kinds of agents, in the order of moves. */
  readonly agents: readonly number[];
  choose: (n: number) => number;
  load(memory: number, component: number): void;
  canMove(agent: number): boolean;
  /** The words of the move; null: it changes nothing, so that no execution needs it. */
  move(agent: number): readonly number[] | null;
}

export class Moves implements Keepable {
  pool: Int32Array;
  private used = 1;
  private readonly pairs: RowTable;
  private readonly pair = new Int32Array(2);
  /** By pair: where its moves are in the pool; 0: not worked out. */
  private readonly entries: Column;
  /** Answers to `choose` of a move, by its place in the pool; most have none. */
  private readonly answers = new Map<number, readonly number[]>();
  private readonly choices = new Choices();

  constructor(
    private readonly mover: Mover,
    private readonly budget: MemoryBudget,
  ) {
    this.pairs = new RowTable(2, budget);
    this.entries = new Column(budget);
    budget.take(4096 * 4);
    this.pool = new Int32Array(4096);
  }

  /** Pairs that were worked out. */
  get count(): number {
    return this.pairs.count;
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

  keep(to: RecordWriter): void {
    const { pairs, entries, pool, used, answers } = this;
    pairs.keep(to);
    entries.keep(to);
    to.value([pool.length, used]);
    to.words(pool, used);
    to.value([...answers]);
  }

  restore(from: RecordReader): void {
    this.pairs.restore(from);
    this.entries.restore(from);
    const [length, used] = from.value<readonly number[]>();
    this.budget.giveBack(this.pool.length * 4);
    this.budget.take(length * 4);
    this.pool = new Int32Array(length);
    this.used = used;
    from.words(this.pool);
    for (const [move, answers] of from.value<readonly (readonly [number, readonly number[]])[]>())
      this.answers.set(move, answers);
  }

  private workOut(index: number, memory: number, component: number): number {
    const { mover } = this;
    const moves: { readonly words: readonly number[]; readonly answers: readonly number[] }[] = [];
    let due = 0;
    mover.choose = (n) => this.choices.next(n);
    for (const agent of mover.agents) {
      mover.load(memory, component);
      if (!mover.canMove(agent)) continue;
      this.choices.begin();
      do {
        mover.load(memory, component);
        const words = mover.move(agent);
        if (words === null) continue;
        moves.push({ words, answers: this.choices.answers() });
        if (!isEnvironment(agent)) due++;
      } while (this.choices.another());
    }
    const entry = this.room(ENTRY_MOVES + moves.length * MOVE_WORDS);
    this.pool[entry] = moves.length;
    this.pool[entry + ENTRY_DUE] = due;
    moves.forEach(({ words, answers }, i) => {
      const at = entry + ENTRY_MOVES + i * MOVE_WORDS;
      this.pool.set(words, at);
      if (answers.length > 0) this.answers.set(at, answers);
    });
    this.entries.set(index, entry);
    return entry;
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
