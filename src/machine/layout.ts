/**
 * Words of memory. One Int32Array holds everything that a simulated CPU can touch and everything that the
 * machine and its ghost state keep: a kernel word of any width, u64 and pointer included, is one word and one
 * step (splitting it would invent tears). Addresses are indices into that array.
 */

/** How a word's value is printed. */
export type WordFormat = 'number' | 'mm' | 'bool' | 'pte' | 'mask' | 'csd' | 'vma' | 'asid' | 'hidden';

export interface Region {
  readonly name: string;
  readonly base: number;
  readonly words: number;
  readonly format: WordFormat;
  /** The record of a table that it is a word of. */
  readonly record?: string;
  /** The CPU whose structure it is in, and its name there. */
  readonly of?: { readonly cpu: number; readonly name: string };
}

/** A field of the records of a table. */
export interface Field {
  readonly name: string;
  readonly format: WordFormat;
}

/**
 * Many records of the same fields, named when they are asked for: a machine of 256 CPUs has 65,536 of the csd
 * kind.
 */
interface Table extends Region {
  readonly fields: readonly Field[];
  readonly nameOf: (record: number) => string;
}

/** Hands out addresses, and remembers names for traces. */
export class Layout {
  private next = 0;
  private readonly regions: (Region | Table)[] = [];

  /** `lineWords`: words of a cache line (see `line`). */
  constructor(private readonly lineWords = 1) {}

  /**
   * What is reserved next begins a cache line of its own: others than those who use the words before it write
   * it, or look at it often.
   */
  line(): void {
    this.next = Math.ceil(this.next / this.lineWords) * this.lineWords;
  }

  /**
   * Reserves `words` consecutive words; `align` in words (pairs need 2, so that both halves share 8 aligned
   * bytes). Returns the base address.
   */
  alloc(name: string, words = 1, format: WordFormat = 'number', align = 1): number {
    const base = Math.ceil(this.next / align) * align;
    this.regions.push({ name, base, words, format });
    this.next = base + words;
    return base;
  }

  /** Reserves words of a structure that each CPU has: `cpu1.loaded_mm`. Otherwise as `alloc`. */
  allocOf(cpu: number, name: string, words = 1, format: WordFormat = 'number', align = 1): number {
    const base = Math.ceil(this.next / align) * align;
    this.regions.push({ name: `cpu${cpu}.${name}`, base, words, format, of: { cpu, name } });
    this.next = base + words;
    return base;
  }

  /**
   * Reserves `records` records of one word per field; the word is named `record.field`. Returns the base
   * address.
   */
  allocTable(records: number, fields: readonly Field[], nameOf: (record: number) => string): number {
    const base = this.next;
    const words = records * fields.length;
    this.regions.push({ name: nameOf(0), base, words, format: 'number', fields, nameOf });
    this.next = base + words;
    return base;
  }

  get size(): number {
    return this.next;
  }

  /** The region that `address` lies in, or undefined. Regions are in ascending order. */
  regionOf(address: number): Region | undefined {
    let low = 0;
    let high = this.regions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const region = this.regions[middle] as Region;
      if (address < region.base) high = middle - 1;
      else if (address >= region.base + region.words) low = middle + 1;
      else return 'fields' in region ? wordOf(region as Table, address) : region;
    }
    return undefined;
  }

  /** The word's name, e.g. `cpu1.loaded_mm` or `frame 3[2]`. */
  nameOf(address: number): string {
    const region = this.regionOf(address);
    if (region === undefined) return `word ${address}`;
    return region.words === 1 ? region.name : `${region.name}[${address - region.base}]`;
  }

  /** Of a word of a CPU's structure: that CPU, and the word's name there. */
  ownerOf(address: number): { readonly cpu: number; readonly name: string } | null {
    const region = this.regionOf(address);
    if (region?.of === undefined) return null;
    const { cpu, name } = region.of;
    return { cpu, name: region.words === 1 ? name : `${name}[${address - region.base}]` };
  }

  /** The name of the record of a table that the word is in; the word's own where it is in none. */
  recordOf(address: number): string {
    return this.regionOf(address)?.record ?? this.nameOf(address);
  }
}

function wordOf(table: Table, address: number): Region {
  const record = Math.floor((address - table.base) / table.fields.length);
  const field = table.fields[(address - table.base) % table.fields.length] as Field;
  const name = table.nameOf(record);
  return { name: `${name}.${field.name}`, base: address, words: 1, format: field.format, record: name };
}
