import type { KernelLayout } from '../../kernel/kernel-layout.js';
import {
  BATCH_BASE,
  BATCH_SHIFT,
  CPU_SHIFT,
  CSD_BASE,
  CSD_SHIFT,
  DROPPED,
  type Field,
  type FieldTables,
  MM_BASE,
  MM_SHIFT,
  STACK_BASE,
} from '../addresses.js';
import { type Callable, CsdPointers, csdOwner, csdsOf, csdTable } from './csd-words.js';
import { CSD, CSDS, FieldTable, FRAME, FUNCTION, MM, NUMBER, PAGES, REQUEST } from './field-table.js';

/**
 * From C addresses to the words of a layout, and from what a word holds to what C code has there: a handle is
 * the address of an mm, a page a byte address, a frame a physical one.
 */

const PAGE_SHIFT = 12;
const FRAME_FIRST = 1;

export class CWords {
  private readonly variables: FieldTable;
  private readonly perCpu: FieldTable;
  private readonly mm: FieldTable;
  private readonly batch: FieldTable;
  private readonly csd: FieldTable;
  readonly csds: CsdPointers;

  /** By the first word of a mask: where C code has it. */
  private readonly masks = new Map<number, number>();
  /** Of the request, `struct flush_tlb_info`. */
  readonly requestFields: readonly Field[];
  /** Of a csd, `struct __call_single_data`. */
  readonly csdFields: readonly Field[];

  /** `callable`: the functions and the request that csds name. */
  constructor(tables: FieldTables, layout: KernelLayout, callable: Callable) {
    this.requestFields = tables.perCpu.filter(({ name }) => name.startsWith('flush_tlb_info.'));
    this.csdFields = tables.csd;
    const { cpus, mms, own, maskWords } = layout;
    const wordOf = (words: object, { word }: Field): number => wordIn(words, word, maskWords);
    const variables = tables.variables.filter(({ offset }) => offset < DROPPED);
    this.variables = new FieldTable(variables, 1, ({ word }) =>
      word.of === 'own' ? own.machine[word.index] : -1,
    );
    this.perCpu = new FieldTable(tables.perCpu, cpus.length, (field, cpu) => {
      const { word } = field;
      if (word.of === 'own') return own.perCpu[cpu][word.index];
      if (word.of === 'ctxs') return cpus[cpu].tlbstate.ctxs[word.slot]?.[word.word] ?? -1;
      if (word.of === 'tlbstate' || word.of === 'flushInfo' || word.of === 'cfd')
        return wordOf(cpus[cpu][word.of], field);
      return -1;
    });
    this.mm = new FieldTable(tables.mm, mms.length, (field, handle) => {
      if (field.word.of === 'own') return own.perMm[handle][field.word.index];
      return field.word.of === 'mm' ? wordOf(mms[handle], field) : -1;
    });
    this.batch = new FieldTable(tables.batch, cpus.length, (field, cpu) =>
      field.word.of === 'ubc' ? wordOf(cpus[cpu].ubc, field) : -1,
    );
    this.csds = new CsdPointers(layout, callable);
    this.csd = csdTable(tables.csd, layout);
    this.noteMasks(tables, layout);
  }

  private noteMasks(tables: FieldTables, { mms, cpus }: KernelLayout): void {
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
      case CSDS:
        return csdsOf(ownerOf(address));
      case CSD:
      case FUNCTION:
      case REQUEST:
        return this.csds.read(this.table(address).codec(offsetOf(address)), value);
      default:
        return value;
    }
  }

  /** What the word holds where C code has stored `value`. Throws an Error for what no word can stand for. */
  stored(address: number, value: number): number {
    const codec = this.table(address).codec(offsetOf(address));
    if (codec === NUMBER) return value;
    if (codec === MM) return mmHandle(value);
    if (codec === CSD || codec === FUNCTION || codec === REQUEST) return this.csds.stored(codec, value);
    if (codec === FRAME || codec === CSDS)
      throw new Error(`stores to ${this.nameOf(address)}, which only the lab's kernel does`);
    if (value !== -1 && (value & ((1 << PAGE_SHIFT) - 1)) !== 0)
      throw new Error(`stores ${hex(value)} to ${this.nameOf(address)}, which is no address of a page`);
    return value === -1 ? -1 : value >>> PAGE_SHIFT;
  }

  /** Whether csds are linked there: a queue, or a csd that has a next one. */
  isLink(address: number): boolean {
    return this.table(address).codec(offsetOf(address)) === CSD;
  }

  /** The csd whose flags lie there, as a word; 0 where none do. */
  csdOfFlags(address: number): number {
    if (address < CSD_BASE || address >= STACK_BASE) return 0;
    const offset = offsetOf(address);
    const { word } = this.csd.fieldAt(offset) ?? {};
    return word?.of === 'csd' && word.word === 'flags' ? this.csds.wordOf(address - offset) : 0;
  }

  /** Whether an address is in a mask that a CPU makes for its own calls: `cfd->cpumask` and the other. */
  isCallMask(address: number, cpu: number): boolean {
    if (address < 1 << CPU_SHIFT || address >= MM_BASE || ownerOf(address) !== cpu) return false;
    return this.perCpu.fieldAt(offsetOf(address))?.word.of === 'cfd';
  }

  /** `cpu1.cpu_tlbstate.loaded_mm`, for messages. */
  nameOf(address: number): string {
    const name = this.table(address).nameAt(offsetOf(address)) ?? hex(address);
    const owner = ownerOf(address);
    return address >= 1 << CPU_SHIFT && address < MM_BASE ? `cpu${owner}.${name}` : name;
  }

  private table(address: number): FieldTable {
    if (address >= CSD_BASE) return this.csd;
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

/** The word of a structure that a field is, or of its mask's words that the layout has; else -1. */
function wordIn(words: object, word: Field['word'], maskWords: number): number {
  if (!('word' in word)) return -1;
  const base = (words as Readonly<Record<string, number>>)[word.word] ?? -1;
  const { index } = word as { readonly index?: number };
  if (index === undefined) return base;
  return index < maskWords ? base + index : -1;
}

function ownerOf(address: number): number {
  if (address >= CSD_BASE) return csdOwner(address);
  if (address >= BATCH_BASE) return (address - BATCH_BASE) >>> BATCH_SHIFT;
  if (address >= MM_BASE) return (address - MM_BASE) >>> MM_SHIFT;
  return address >= 1 << CPU_SHIFT ? (address >>> CPU_SHIFT) - 1 : 0;
}

function offsetOf(address: number): number {
  if (address >= CSD_BASE) return address & ((1 << CSD_SHIFT) - 1);
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
  return address >= BATCH_BASE && address < CSD_BASE;
}

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}
