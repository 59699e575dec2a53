import type { Keepable, RecordReader, RecordWriter } from '../checkpoint/records.js';
import { type MemoryBudget, RowTable } from '../row-table.js';

/**
 * The words that all CPUs share, interned as one: those that any execution has changed so far. A word that is
 * changed for the first time joins the rows that there are, in which it is what it is at the start. So all of
 * memory tells states apart, and only what varies is stored.
 */
export class SharedWords implements Keepable {
  readonly table: RowTable;
  private readonly columns: number[] = [];
  private readonly isColumn: Uint8Array;
  private row: Int32Array;
  /** What memory is at the start, but for the words that have changed in some execution. */
  private readonly usual: Int32Array;
  private readonly isUsual: () => boolean;
  /** What memory has now, if nobody has changed it since. */
  private loaded = -1;
  /** What it had before the change that is under way. */
  private before = -1;

  /**
   * `ranges`: of addresses, half open. `extra`: what belongs to it and is no word of the machine's.
   */
  constructor(
    private readonly mem: Int32Array,
    private readonly image: Int32Array,
    private readonly ranges: readonly (readonly [from: number, end: number])[],
    readonly extra: Int32Array,
    budget: MemoryBudget,
  ) {
    this.table = new RowTable(extra.length, budget);
    this.row = new Int32Array(extra.length);
    this.isColumn = new Uint8Array(image.length);
    this.usual = image.slice();
    this.isUsual = comparing(mem, this.usual, ranges);
  }

  /** Words that have changed in some execution. */
  get touched(): number {
    return this.columns.length;
  }

  load(id: number): void {
    if (id === this.loaded) return;
    const { table, columns, extra, mem } = this;
    const { rows, width } = table;
    const at = id * width;
    for (let i = 0; i < extra.length; i++) extra[i] = rows[at + i];
    for (let i = extra.length; i < width; i++) mem[columns[i - extra.length]] = rows[at + i];
    this.loaded = id;
    this.before = id;
  }

  /** Somebody changes memory next. */
  changing(): void {
    this.loaded = -1;
  }

  /** Tells of each word that is another one than before the change, but not of those of `extra`. */
  changes(tell: (word: number) => void): void {
    this.note();
    if (this.before < 0) return;
    const { table, columns, extra, mem } = this;
    const at = this.before * table.width + extra.length;
    for (let i = 0; i < columns.length; i++) if (mem[columns[i]] !== table.rows[at + i]) tell(columns[i]);
  }

  /** `isNoted`: `changes` has been called since the last change. */
  save(isNoted = false): number {
    if (!isNoted) this.note();
    const { table, columns, extra, mem, row } = this;
    for (let i = 0; i < extra.length; i++) row[i] = extra[i];
    for (let i = extra.length; i < row.length; i++) row[i] = mem[columns[i - extra.length]];
    this.loaded = table.intern(row);
    this.before = this.loaded;
    return this.loaded;
  }

  keep(to: RecordWriter): void {
    to.value(this.columns);
    this.table.keep(to);
  }

  restore(from: RecordReader): void {
    for (const address of from.value<readonly number[]>()) {
      this.columns.push(address);
      this.isColumn[address] = 1;
    }
    this.table.restore(from);
    this.row = new Int32Array(this.table.width);
    this.loaded = -1;
    this.before = -1;
  }

  /** Words that have changed for the first time. */
  private note(): void {
    const { mem, image, isColumn, columns, usual, isUsual } = this;
    // Only what no execution has changed so far is looked at, all of it at a stroke.
    for (const word of columns) usual[word] = mem[word];
    if (isUsual()) return;
    const first = columns.length;
    for (const [from, end] of this.ranges)
      for (let i = from; i < end; i++)
        if (mem[i] !== image[i] && isColumn[i] === 0) {
          columns.push(i);
          isColumn[i] = 1;
        }
    this.table.widen(columns.slice(first).map((address) => image[address]));
    this.row = new Int32Array(this.table.width);
  }
}

/** Whether two arrays have the same words in these ranges: as bytes, which takes a tenth of the time. */
function comparing(
  a: Int32Array,
  b: Int32Array,
  ranges: readonly (readonly [from: number, end: number])[],
): () => boolean {
  const bytesOf = (array: Int32Array, from: number, end: number): Buffer =>
    Buffer.from(array.buffer, array.byteOffset + from * 4, (end - from) * 4);
  const pairs = ranges.map(([from, end]) => [bytesOf(a, from, end), bytesOf(b, from, end)] as const);
  return () => pairs.every(([left, right]) => left.equals(right));
}
