import type { Keepable, RecordReader, RecordWriter } from './checkpoint/records.js';

/**
 * Rows of a fixed number of 32-bit words, each stored once: equal rows have equal numbers, and numbers are
 * given in the order of arrival. Exact: rows are compared word by word, never by their hash alone.
 */

const ROWS_FIRST = 1024;
/** Beyond this many rows the store grows by half and no longer doubles. */
const ROWS_DOUBLED_MAX = 1 << 22;

/** What all tables of a search may take together. */
export class MemoryBudget implements Keepable {
  used = 0;
  /** The most that was in use at a time. */
  peak = 0;

  constructor(readonly limit: number) {}

  /** Throws OutOfBudget. */
  take(bytes: number): void {
    if (this.used + bytes > this.limit) throw new OutOfBudget();
    this.used += bytes;
    this.peak = Math.max(this.peak, this.used);
  }

  giveBack(bytes: number): void {
    this.used -= bytes;
  }

  /** The tables take by themselves what they take. */
  keep(to: RecordWriter): void {
    to.value(this.peak);
  }

  restore(from: RecordReader): void {
    this.peak = from.value<number>();
  }
}

/** The memory that a search may take is used up; what it has stored is whole. */
export class OutOfBudget extends Error {
  override readonly name = 'OutOfBudget';
}

export class RowTable implements Keepable {
  count = 0;
  /** Row i is at i * width. */
  rows: Int32Array;
  private slots: Int32Array;
  private mask: number;

  constructor(
    /** Words of a row; `widen` makes them more. */
    public width: number,
    private readonly budget: MemoryBudget,
  ) {
    this.rows = this.allocated(ROWS_FIRST * width);
    this.slots = this.allocated(ROWS_FIRST * 2);
    this.mask = this.slots.length - 1;
  }

  /** The number of a row; a new one where there is none yet (`count` has grown then). */
  intern(row: Int32Array): number {
    const { width } = this;
    let slot = this.hash(row, 0) & this.mask;
    for (;;) {
      const id = this.slots[slot] - 1;
      if (id < 0) break;
      const at = id * width;
      let i = 0;
      while (i < width && this.rows[at + i] === row[i]) i++;
      if (i === width) return id;
      slot = (slot + 1) & this.mask;
    }
    if ((this.count + 1) * width > this.rows.length) this.growRows();
    const id = this.count++;
    const at = id * width;
    for (let i = 0; i < width; i++) this.rows[at + i] = row[i];
    this.slots[slot] = id + 1;
    if (this.count * 2 > this.slots.length) this.growSlots();
    return id;
  }

  /**
   * Each row gets more words at its end, the same ones: rows stay as different as they were and keep their
   * numbers.
   */
  widen(added: readonly number[]): void {
    const before = this.width;
    const { rows, count } = this;
    this.width = before + added.length;
    this.rows = this.allocated((rows.length / before) * this.width);
    for (let id = 0; id < count; id++) {
      const to = id * this.width;
      for (let i = 0; i < before; i++) this.rows[to + i] = rows[id * before + i];
      for (let i = 0; i < added.length; i++) this.rows[to + before + i] = added[i];
    }
    this.budget.giveBack(rows.length * 4);
    this.slots.fill(0);
    this.fillSlots(this.slots, this.mask);
  }

  /** Forgets the newest rows, but for so many of the oldest. */
  shorten(count: number): void {
    this.count = count;
    this.slots.fill(0);
    this.fillSlots(this.slots, this.mask);
  }

  /** Over the words of all rows in their order, as eight hex digits. */
  hashOfAll(): string {
    let hash = 0x811c9dc5 | 0;
    for (let i = 0; i < this.count * this.width; i++) hash = Math.imul(hash ^ this.rows[i], 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  }

  /** Nobody asks it again: its memory is others' to take. */
  release(): void {
    this.budget.giveBack((this.rows.length + this.slots.length) * 4);
    this.rows = new Int32Array(0);
    this.slots = new Int32Array(0);
  }

  keep(to: RecordWriter): void {
    const { width, count, rows, slots } = this;
    to.value([width, count, rows.length, slots.length]);
    to.words(rows, count * width);
  }

  restore(from: RecordReader): void {
    const [width, count, words, slots] = from.value<readonly number[]>();
    this.release();
    this.width = width;
    this.count = count;
    this.rows = this.allocated(words);
    this.slots = this.allocated(slots);
    this.mask = slots - 1;
    from.words(this.rows);
    this.fillSlots(this.slots, this.mask);
  }

  private fillSlots(slots: Int32Array, mask: number): void {
    for (let id = 0; id < this.count; id++) {
      let slot = this.hash(this.rows, id * this.width) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
  }

  private hash(from: Int32Array, at: number): number {
    let hash = 0x9e3779b9 | 0;
    for (let i = 0; i < this.width; i++) {
      hash = Math.imul(hash ^ from[at + i], 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return Math.imul(hash, 0xc2b2ae35) ^ (hash >>> 13);
  }

  private allocated(words: number): Int32Array {
    this.budget.take(words * 4);
    return new Int32Array(words);
  }

  private growRows(): void {
    const factor = this.count < ROWS_DOUBLED_MAX ? 2 : 1.5;
    const rows = this.allocated(Math.ceil(this.count * factor) * this.width);
    rows.set(this.rows);
    this.budget.giveBack(this.rows.length * 4);
    this.rows = rows;
  }

  private growSlots(): void {
    const slots = this.allocated(this.slots.length * 2);
    const mask = slots.length - 1;
    this.fillSlots(slots, mask);
    this.budget.giveBack(this.slots.length * 4);
    this.slots = slots;
    this.mask = mask;
  }
}
