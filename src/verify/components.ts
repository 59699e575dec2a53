import * as H from '../machine/hardware.js';
import type { Keepable, RecordReader, RecordWriter } from './checkpoint/records.js';
import { type MemoryBudget, RowTable } from './row-table.js';

/**
 * What a CPU is to the rest of a state: its local state, store buffer, interrupt line and what its handlers
 * interrupted. Each different one is stored once, and a state names it by its number.
 */

export const NODE = 0;
export const BUFFER = 1;
export const FLAGS = 2;
export const CONTEXT = 3;

/** In FLAGS, below the CPU's number. */
export const FLAG_IF = 1;
export const FLAG_IPI = 2;
export const FLAG_NMI = 4;
export const FLAG_IN_NMI = 8;
const CPU_SHIFT = 4;

/** A buffer: the number of its stores, then address and value of each, oldest first, zeroes behind them. */
const BUFFER_WORDS = 1 + 2 * H.SB_DEPTH;
/**
 * What a handler interrupted: its local state, the interrupt flag that `iret` restores (IRET_TAKEN
 * afterwards), and the context below.
 */
export const IRET_TAKEN = -1;
/** No handler runs. */
export const NO_CONTEXT = 0;
export const EMPTY_BUFFER = 0;

export class Components implements Keepable {
  readonly table: RowTable;
  private readonly buffers: RowTable;
  private readonly contexts: RowTable;
  private readonly row = new Int32Array(4);
  private readonly contextRow = new Int32Array(3);

  constructor(budget: MemoryBudget) {
    this.table = new RowTable(4, budget);
    this.buffers = new RowTable(BUFFER_WORDS, budget);
    this.contexts = new RowTable(3, budget);
    this.buffers.intern(new Int32Array(BUFFER_WORDS));
    this.contexts.intern(Int32Array.of(-1, -1, -1));
  }

  make(cpu: number, node: number, buffer: number, flags: number, context: number): number {
    this.row[NODE] = node;
    this.row[BUFFER] = buffer;
    this.row[FLAGS] = flags | (cpu << CPU_SHIFT);
    this.row[CONTEXT] = context;
    return this.table.intern(this.row);
  }

  /** NODE, BUFFER or CONTEXT. */
  field(component: number, which: number): number {
    return this.table.rows[component * 4 + which];
  }

  flags(component: number): number {
    return this.field(component, FLAGS) & ((1 << CPU_SHIFT) - 1);
  }

  cpu(component: number): number {
    return this.field(component, FLAGS) >> CPU_SHIFT;
  }

  /** The same CPU with an interrupt in flight. */
  with(component: number, flag: number): number {
    const { rows } = this.table;
    const at = component * 4;
    return this.make(
      this.cpu(component),
      rows[at],
      rows[at + BUFFER],
      this.flags(component) | flag,
      rows[at + CONTEXT],
    );
  }

  buffer(words: Int32Array): number {
    return this.buffers.intern(words);
  }

  /** Copies a buffer. */
  loadBuffer(buffer: number, into: Int32Array): void {
    const at = buffer * BUFFER_WORDS;
    for (let i = 0; i < BUFFER_WORDS; i++) into[i] = this.buffers.rows[at + i];
  }

  context(node: number, flag: number, below: number): number {
    this.contextRow[0] = node;
    this.contextRow[1] = flag;
    this.contextRow[2] = below;
    return this.contexts.intern(this.contextRow);
  }

  contextNode(context: number): number {
    return this.contexts.rows[context * 3];
  }

  contextFlag(context: number): number {
    return this.contexts.rows[context * 3 + 1];
  }

  contextBelow(context: number): number {
    return this.contexts.rows[context * 3 + 2];
  }

  /** The local state of the CPU's script, whatever handlers run on top. */
  mainNode(component: number): number {
    let node = this.field(component, NODE);
    for (let at = this.field(component, CONTEXT); at !== NO_CONTEXT; at = this.contextBelow(at))
      node = this.contextNode(at);
    return node;
  }

  keep(to: RecordWriter): void {
    for (const table of [this.table, this.buffers, this.contexts]) table.keep(to);
  }

  restore(from: RecordReader): void {
    for (const table of [this.table, this.buffers, this.contexts]) table.restore(from);
  }

  get states(): number {
    return this.table.count;
  }
}

/** A store buffer that is being changed. */
export class Buffer {
  readonly words = new Int32Array(BUFFER_WORDS);

  get count(): number {
    return this.words[0];
  }

  /** The place of the newest store to an address, or -1. */
  find(address: number): number {
    for (let i = this.words[0] - 1; i >= 0; i--) if (this.words[1 + 2 * i] === address) return 2 + 2 * i;
    return -1;
  }

  get isFull(): boolean {
    return this.words[0] === H.SB_DEPTH;
  }

  push(address: number, value: number): void {
    const count = this.words[0]++;
    this.words[1 + 2 * count] = address;
    this.words[2 + 2 * count] = value;
  }

  /** Drains the oldest store to memory. */
  drain(mem: Int32Array): void {
    const { words } = this;
    mem[words[1]] = words[2];
    const count = --words[0];
    words.copyWithin(1, 3, 3 + 2 * count);
    words[1 + 2 * count] = 0;
    words[2 + 2 * count] = 0;
  }

  drainAll(mem: Int32Array): void {
    while (this.words[0] > 0) this.drain(mem);
  }
}
