import { agentOf, CPU_AGENT, cpuOfAgent, kindOfAgent } from '../machine/agents.js';
import type { RecordReader, RecordWriter } from './checkpoint/records.js';
import type { End, Space } from './space.js';

/**
 * Of another space the states that executions reach in which a CPU is taken off in favour of another one at
 * most so many times while it could have gone on. Where it waits, or has ended, another one goes on for
 * nothing; so do store buffers, interrupt lines and everything else that is no CPU.
 *
 * A row has a word more: the CPU that went on last, and how often one was taken off.
 */
export class BoundedSpace implements Space {
  readonly cpus: number;
  readonly width: number;
  /** Whether some move was left out because of the bound: without that, all executions are within it. */
  isCut = false;
  private readonly inner: Int32Array;
  /** Of the opened state: its word, and the moves that are within the bound by their numbers in `space`. */
  private word = 0;
  private allowed: Int32Array = new Int32Array(64);
  private lastCanMove = false;

  /** `switchesMax`: at most 2^20. */
  constructor(
    private readonly space: Space,
    private readonly switchesMax: number,
  ) {
    this.cpus = space.cpus;
    this.width = space.width + 1;
    this.inner = new Int32Array(space.width);
  }

  get localStates(): number {
    return this.space.localStates;
  }

  get memories(): number {
    return this.space.memories;
  }

  begin(first: (row: Int32Array, answers: readonly number[], outcome: number) => void): void {
    const row = new Int32Array(this.width);
    this.space.begin((inner, answers, outcome) => {
      row.set(inner);
      row[this.width - 1] = NOBODY;
      first(row, answers, outcome);
    });
  }

  keep(to: RecordWriter): void {
    to.value(this.isCut);
    this.space.keep(to);
  }

  restore(from: RecordReader): void {
    this.isCut = from.value<boolean>();
    this.space.restore(from);
  }

  open(rows: Int32Array, at: number): number {
    const { space, inner } = this;
    for (let i = 0; i < space.width; i++) inner[i] = rows[at + i];
    this.word = rows[at + space.width];
    const count = space.open(inner, 0);
    if (count > this.allowed.length) this.allowed = new Int32Array(count * 2);
    const last = this.word & LAST_MASK;
    this.lastCanMove = false;
    if (last !== NOBODY) {
      const agent = agentOf(last - 1, CPU_AGENT);
      for (let k = 0; k < count && !this.lastCanMove; k++) this.lastCanMove = space.agent(k) === agent;
    }
    const isUsedUp = this.word >> LAST_BITS >= this.switchesMax;
    let allowed = 0;
    for (let k = 0; k < count; k++)
      if (isUsedUp && this.takesOff(space.agent(k))) this.isCut = true;
      else this.allowed[allowed++] = k;
    return allowed;
  }

  follow(k: number, row: Int32Array): number {
    const { space, inner, word } = this;
    const agent = space.agent(this.allowed[k]);
    const outcome = space.follow(this.allowed[k], inner);
    row.set(inner);
    const used = (word >> LAST_BITS) + (this.takesOff(agent) ? 1 : 0);
    const last = kindOfAgent(agent) === CPU_AGENT ? cpuOfAgent(agent) + 1 : word & LAST_MASK;
    row[space.width] = (used << LAST_BITS) | last;
    return outcome;
  }

  agent(k: number): number {
    return this.space.agent(this.allowed[k]);
  }

  answers(k: number): readonly number[] {
    return this.space.answers(this.allowed[k]);
  }

  after(k: number): number {
    return this.space.after?.(this.allowed[k]) ?? 0;
  }

  /** Somebody who can move, but for the bound, is no deadlock. */
  end(): End {
    return this.space.end();
  }

  words(row: Int32Array): Int32Array {
    return this.space.words(row);
  }

  /** Whether the move takes the CPU that went on last off while it could have gone on. */
  private takesOff(agent: number): boolean {
    return (
      this.lastCanMove &&
      kindOfAgent(agent) === CPU_AGENT &&
      cpuOfAgent(agent) !== (this.word & LAST_MASK) - 1
    );
  }
}

/** The CPU's number and 1 in so many bits. */
const LAST_BITS = 9;
const LAST_MASK = (1 << LAST_BITS) - 1;
const NOBODY = 0;
