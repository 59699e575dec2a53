import type { Keepable, RecordReader, RecordWriter } from './checkpoint/records.js';
import type { MemoryBudget } from './row-table.js';

/** One 32-bit number for each row of a table; grows with it. */
export class Column implements Keepable {
  values: Int32Array;

  constructor(
    private readonly budget: MemoryBudget,
    private readonly initial = 0,
  ) {
    this.values = this.allocated(1024);
  }

  get(index: number): number {
    return index < this.values.length ? this.values[index] : this.initial;
  }

  set(index: number, value: number): void {
    if (index >= this.values.length) this.grow(index + 1);
    this.values[index] = value;
  }

  /** Nobody asks it again: its memory is others' to take. */
  release(): void {
    this.budget.giveBack(this.values.length * 4);
    this.values = new Int32Array(0);
  }

  keep(to: RecordWriter): void {
    to.value(this.values.length);
    to.words(this.values, this.values.length);
  }

  restore(from: RecordReader): void {
    this.release();
    this.values = this.allocated(from.value<number>());
    from.words(this.values);
  }

  private allocated(length: number): Int32Array {
    this.budget.take(length * 4);
    return new Int32Array(length).fill(this.initial);
  }

  private grow(least: number): void {
    const length = Math.max(least, Math.ceil(this.values.length * (least < 1 << 22 ? 2 : 1.5)));
    const values = this.allocated(length);
    values.set(this.values);
    this.budget.giveBack(this.values.length * 4);
    this.values = values;
  }
}
