import type { KernelLayout } from '../../kernel/kernel-layout.js';
import {
  BATCH_BASE,
  BATCH_SHIFT,
  type Codec,
  CPU_SHIFT,
  DROPPED,
  type Field,
  type FieldTables,
  MM_BASE,
  MM_SHIFT,
} from '../addresses.js';

/**
 * From C addresses to the words of a layout, and from what a word holds to what C code has there: a handle is
 * the address of an mm, a page a byte address, a frame a physical one.
 */

const CODECS: readonly Codec[] = ['number', 'mm', 'frame', 'pages'];
const [NUMBER, MM, FRAME, PAGES] = [0, 1, 2, 3];
const PAGE_SHIFT = 12;
const FRAME_FIRST = 1;

/** One kind of address: fields by their offset, words by owner. */
class Table {
  /** By offset: the field's number + 1, or 0. */
  private readonly at: Int16Array;
  private readonly codecs: Uint8Array;
  private readonly words: Int32Array;

  constructor(
    private readonly fields: readonly Field[],
    owners: number,
    wordOf: (field: Field, owner: number) => number,
  ) {
    this.at = new Int16Array(fields.reduce((end, { offset }) => Math.max(end, offset + 1), 0));
    fields.forEach(({ offset }, index) => {
      this.at[offset] = index + 1;
    });
    this.codecs = Uint8Array.from(fields, ({ codec }) => CODECS.indexOf(codec));
    this.words = new Int32Array(owners * fields.length);
    for (let owner = 0; owner < owners; owner++)
      fields.forEach((field, index) => {
        this.words[owner * fields.length + index] = wordOf(field, owner);
      });
  }

  /** -1: nothing is there; -2: something of another size. */
  word(owner: number, offset: number, bytes: number): number {
    const field = this.at[offset] - 1;
    if (!(field >= 0)) return -1;
    if (this.fields[field].bytes !== bytes) return -2;
    return this.words[owner * this.fields.length + field] ?? -1;
  }

  codec(offset: number): number {
    return this.codecs[this.at[offset] - 1];
  }

  /** The field that an address is in, for messages. */
  nameAt(offset: number): string | null {
    return (
      this.fields.find((field) => offset >= field.offset && offset < field.offset + field.bytes)?.name ?? null
    );
  }
}

export class CWords {
  private readonly variables: Table;
  private readonly perCpu: Table;
  private readonly mm: Table;
  private readonly batch: Table;

  /** By the first word of a mask: where C code has it. */
  private readonly masks = new Map<number, number>();
  /** Of the request, `struct flush_tlb_info`. */
  readonly requestFields: readonly Field[];

  constructor(tables: FieldTables, layout: KernelLayout) {
    this.requestFields = tables.perCpu.filter(({ name }) => name.startsWith('flush_tlb_info.'));
    const { cpus, mms, own } = layout;
    const variables = tables.variables.filter(({ offset }) => offset < DROPPED);
    this.variables = new Table(variables, 1, ({ word }) =>
      word.of === 'own' ? own.machine[word.index] : -1,
    );
    this.perCpu = new Table(tables.perCpu, cpus.length, ({ word }, cpu) => {
      if (word.of === 'own') return own.perCpu[cpu][word.index];
      if (word.of === 'ctxs') return cpus[cpu].tlbstate.ctxs[word.slot]?.[word.word] ?? -1;
      if (word.of !== 'tlbstate' && word.of !== 'flushInfo') return -1;
      return (cpus[cpu][word.of] as unknown as Readonly<Record<string, number>>)[word.word] ?? -1;
    });
    const isMask = ({ word }: Field): boolean => (word.of === 'mm' || word.of === 'ubc') && word.index === 0;
    const ofMm = tables.mm.find(isMask);
    const ofBatch = tables.batch.find(isMask);
    if (ofMm !== undefined)
      mms.forEach(({ cpumask }, handle) => {
        this.masks.set(cpumask, mmPointer(handle) + ofMm.offset);
      });
    if (ofBatch !== undefined)
      cpus.forEach(({ ubc }, cpu) => {
        this.masks.set(ubc.cpumask, batchPointer(cpu) + ofBatch.offset);
      });
    const ofMask = (base: number, index: number): number => (index < layout.maskWords ? base + index : -1);
    this.mm = new Table(tables.mm, mms.length, ({ word }, handle) => {
      if (word.of === 'own') return own.perMm[handle][word.index];
      if (word.of !== 'mm') return -1;
      const base = (mms[handle] as unknown as Readonly<Record<string, number>>)[word.word] ?? -1;
      return word.index === undefined ? base : ofMask(base, word.index);
    });
    this.batch = new Table(tables.batch, cpus.length, ({ word }, cpu) => {
      if (word.of !== 'ubc') return -1;
      const base = (cpus[cpu].ubc as unknown as Readonly<Record<string, number>>)[word.word] ?? -1;
      return word.index === undefined ? base : ofMask(base, word.index);
    });
  }

  /** The word at an address that is not on the stack. Throws an Error where the lab has none. */
  word(address: number, bytes: number): number {
    const word = this.table(address).word(ownerOf(address), offsetOf(address), bytes);
    return word >= 0 ? word : this.missing(address, bytes, word === -2);
  }

  /** Where C code has the mask whose first word that is. Throws an Error for a mask that is no field. */
  maskAddress(word: number): number {
    const address = this.masks.get(word);
    if (address === undefined) throw new Error(`has CPUs of a mask called that C code cannot name`);
    return address;
  }

  /** What C code finds where the word holds `value`. */
  read(address: number, value: number): number {
    switch (this.table(address).codec(offsetOf(address))) {
      case MM:
        return mmPointer(value);
      case FRAME:
        return (value + FRAME_FIRST) << PAGE_SHIFT;
      case PAGES:
        return value === -1 ? -1 : value << PAGE_SHIFT;
      default:
        return value;
    }
  }

  /** What the word holds where C code has stored `value`. Throws an Error for what no word can stand for. */
  stored(address: number, value: number): number {
    const codec = this.table(address).codec(offsetOf(address));
    if (codec === NUMBER) return value;
    if (codec === MM) return mmHandle(value);
    if (codec === FRAME)
      throw new Error(`stores to ${this.nameOf(address)}, which only the lab's kernel does`);
    if (value !== -1 && (value & ((1 << PAGE_SHIFT) - 1)) !== 0)
      throw new Error(`stores ${hex(value)} to ${this.nameOf(address)}, which is no address of a page`);
    return value === -1 ? -1 : value >>> PAGE_SHIFT;
  }

  /** `cpu1.cpu_tlbstate.loaded_mm`, for messages. */
  nameOf(address: number): string {
    const name = this.table(address).nameAt(offsetOf(address)) ?? hex(address);
    const owner = ownerOf(address);
    return address >= 1 << CPU_SHIFT && address < MM_BASE ? `cpu${owner}.${name}` : name;
  }

  private table(address: number): Table {
    if (address >= BATCH_BASE) return this.batch;
    if (address >= MM_BASE) return this.mm;
    return address >= 1 << CPU_SHIFT ? this.perCpu : this.variables;
  }

  private missing(address: number, bytes: number, isOtherSize: boolean): never {
    const name = this.nameOf(address);
    if (isOtherSize)
      throw new Error(`accesses ${bytes} of the bytes of ${name} or of what follows it, not all of one word`);
    if (address >= 0 && address < 8) throw new Error(`accesses address ${address}: a NULL pointer`);
    throw new Error(`accesses ${name}, of which the lab has no word`);
  }
}

function ownerOf(address: number): number {
  if (address >= BATCH_BASE) return (address - BATCH_BASE) >>> BATCH_SHIFT;
  if (address >= MM_BASE) return (address - MM_BASE) >>> MM_SHIFT;
  return address >= 1 << CPU_SHIFT ? (address >>> CPU_SHIFT) - 1 : 0;
}

function offsetOf(address: number): number {
  if (address >= BATCH_BASE) return address & ((1 << BATCH_SHIFT) - 1);
  return address & ((1 << (address >= MM_BASE ? MM_SHIFT : CPU_SHIFT)) - 1);
}

/** NULL and LOADED_MM_SWITCHING are themselves. */
export function mmPointer(handle: number): number {
  return handle < 2 ? handle : MM_BASE + (handle << MM_SHIFT);
}

export function mmHandle(pointer: number): number {
  if (pointer === 0 || pointer === 1) return pointer;
  if (pointer < MM_BASE || pointer >= BATCH_BASE || (pointer & ((1 << MM_SHIFT) - 1)) !== 0)
    throw new Error(`takes ${hex(pointer)} for an mm`);
  return (pointer - MM_BASE) >>> MM_SHIFT;
}

export function batchPointer(cpu: number): number {
  return BATCH_BASE + (cpu << BATCH_SHIFT);
}

/** Whether an address is in a batch: memory that only the running task can reach. */
export function isInBatch(address: number): boolean {
  return address >= BATCH_BASE;
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
