import { type MemoryBudget, RowTable } from '../row-table.js';

/**
 * The words that all CPUs share, interned as one: those that any execution has changed so far. A word that is
 * changed for the first time joins the rows that there are, in which it is what it is at the start. So all of
 * memory tells states apart, and only what varies is stored.
 */
export class SharedWords {
  readonly table: RowTable;
  private readonly columns: number[] = [];
  private readonly isColumn: Uint8Array;
  private row: Int32Array;
  /** What memory has now, if nobody has changed it since. */
  private loaded = -1;

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
  }

  /** Somebody changes memory next. */
  changing(): void {
    this.loaded = -1;
  }

  save(): number {
    this.note();
    const { table, columns, extra, mem, row } = this;
    for (let i = 0; i < extra.length; i++) row[i] = extra[i];
    for (let i = extra.length; i < row.length; i++) row[i] = mem[columns[i - extra.length]];
    this.loaded = table.intern(row);
    return this.loaded;
  }

  /** Words that have changed for the first time. */
  private note(): void {
    const { mem, image, isColumn } = this;
    let first = -1;
    for (const [from, end] of this.ranges)
      for (let i = from; i < end; i++)
        if (mem[i] !== image[i] && isColumn[i] === 0) {
          if (first < 0) first = this.columns.length;
          this.columns.push(i);
          isColumn[i] = 1;
        }
    if (first < 0) return;
    this.table.widen(this.columns.slice(first).map((address) => image[address]));
    this.row = new Int32Array(this.table.width);
  }
}
