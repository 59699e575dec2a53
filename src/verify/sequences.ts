import type { Keepable, RecordReader, RecordWriter } from './checkpoint/records.js';
import type { MemoryBudget } from './row-table.js';

/**
 * Sequences of 32-bit words, of any length, each stored once: equal sequences have equal numbers. Exact, as
 * RowTable is.
 */
export class Sequences implements Keepable {
  count = 0;
  private words: Int32Array;
  private used = 0;
  /** By number: where it begins; one more for where the last one ends. */
  private starts: Int32Array;
  private slots: Int32Array;

  constructor(private readonly budget: MemoryBudget) {
    this.words = this.allocated(4096);
    this.starts = this.allocated(1025);
    this.slots = this.allocated(2048);
  }

  /** The number of the first `length` words. */
  intern(from: Int32Array, length: number): number {
    const mask = this.slots.length - 1;
    let slot = hash(from, 0, length) & mask;
    for (;;) {
      const id = this.slots[slot] - 1;
      if (id < 0) break;
      if (this.equals(id, from, length)) return id;
      slot = (slot + 1) & mask;
    }
    if (this.used + length > this.words.length) this.words = this.grown(this.words, this.used + length);
    if (this.count + 2 > this.starts.length) this.starts = this.grown(this.starts, this.count + 2);
    for (let i = 0; i < length; i++) this.words[this.used + i] = from[i];
    const id = this.count++;
    this.used += length;
    this.starts[this.count] = this.used;
    this.slots[slot] = id + 1;
    if (this.count * 2 > this.slots.length) this.growSlots();
    return id;
  }

  /** Copies a sequence; answers its length. */
  load(id: number, into: Int32Array): number {
    const start = this.starts[id];
    const length = this.starts[id + 1] - start;
    for (let i = 0; i < length; i++) into[i] = this.words[start + i];
    return length;
  }

  /** A word of a sequence. */
  word(id: number, index: number): number {
    return this.words[this.starts[id] + index];
  }

  keep(to: RecordWriter): void {
    const { count, used, words, starts, slots } = this;
    to.value([count, used, words.length, starts.length, slots.length]);
    to.words(words, used);
    to.words(starts, count + 1);
  }

  restore(from: RecordReader): void {
    const [count, used, words, starts, slots] = from.value<readonly number[]>();
    this.budget.giveBack((this.words.length + this.starts.length + this.slots.length) * 4);
    this.count = count;
    this.used = used;
    this.words = this.allocated(words);
    this.starts = this.allocated(starts);
    this.slots = this.allocated(slots);
    from.words(this.words);
    from.words(this.starts);
    this.fillSlots();
  }

  private equals(id: number, from: Int32Array, length: number): boolean {
    const start = this.starts[id];
    if (this.starts[id + 1] - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.words[start + i] !== from[i]) return false;
    return true;
  }

  private allocated(words: number): Int32Array {
    this.budget.take(words * 4);
    return new Int32Array(words);
  }

  private grown(from: Int32Array, least: number): Int32Array {
    const words = this.allocated(Math.max(least, from.length * 2));
    words.set(from);
    this.budget.giveBack(from.length * 4);
    return words;
  }

  private growSlots(): void {
    const slots = this.allocated(this.slots.length * 2);
    this.budget.giveBack(this.slots.length * 4);
    this.slots = slots;
    this.fillSlots();
  }

  private fillSlots(): void {
    const { slots } = this;
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      const start = this.starts[id];
      let slot = hash(this.words, start, this.starts[id + 1] - start) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
  }
}

function hash(from: Int32Array, at: number, length: number): number {
  let hashed = Math.imul(length, 0x9e3779b9);
  for (let i = 0; i < length; i++) {
    hashed = Math.imul(hashed ^ from[at + i], 0x85ebca6b);
    hashed ^= hashed >>> 15;
  }
  return Math.imul(hashed, 0xc2b2ae35) ^ (hashed >>> 13);
}
