import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import { type HasLocalState, LOCAL_STATE } from '../../machine/local-state.js';
import {
  ENTRIES,
  type EntryName,
  type FieldTables,
  SMP_ENTRIES,
  STACK_BASE,
  TABLE_ENTRIES,
} from '../addresses.js';
import { CWords } from './c-words.js';
import type { Callable } from './csd-words.js';

/** Depths of interrupts: a task, an interrupt's handler, an NMI's. */
const DEPTHS = 3;
const ALL_ENTRIES: readonly EntryName[] = [...ENTRIES, ...SMP_ENTRIES, ...TABLE_ENTRIES];

/**
 * What C code on one CPU runs with: the map of its words, and its stack. The stack is private: of a CPU's
 * memory it is what nobody else can reach, so an access to it is no step.
 */
export class CContext implements HasLocalState {
  private readonly bytes: Uint8Array;
  private readonly halves: Uint16Array;
  private readonly wholes: Int32Array;

  /** `pieces`: how many of these many bytes the stack has; one: whatever is entered has it. */
  constructor(
    readonly words: CWords,
    private readonly levelBytes: number,
    private readonly pieces: number,
  ) {
    const memory = new ArrayBuffer(pieces * levelBytes);
    this.bytes = new Uint8Array(memory);
    this.halves = new Uint16Array(memory);
    this.wholes = new Int32Array(memory);
  }

  /**
   * The top of the piece of stack that an entry has at this depth of interrupts. An entry is never within
   * itself at one depth; entries within others (C code called by the lab's called by C code) have pieces of
   * their own.
   */
  top(entry: EntryName, depth: number): number {
    if (this.pieces === 1) return STACK_BASE + this.levelBytes;
    return STACK_BASE + (depth * ALL_ENTRIES.length + ALL_ENTRIES.indexOf(entry) + 1) * this.levelBytes;
  }

  /** What is on the stack: the map of words is the same for every CPU and never changes. */
  [LOCAL_STATE](): string {
    let text = '';
    for (const [index, whole] of this.wholes.entries()) if (whole !== 0) text += `${index}:${whole} `;
    return text;
  }

  /** What C code finds in a word of that address which holds `value`. */
  read(address: number, value: number): number {
    return this.words.read(address, value);
  }

  load8(address: number): number {
    return this.bytes[address - STACK_BASE];
  }

  load16(address: number): number {
    return this.halves[(address - STACK_BASE) >> 1];
  }

  load32(address: number): number {
    return this.wholes[(address - STACK_BASE) >> 2];
  }

  store8(address: number, value: number): void {
    this.bytes[address - STACK_BASE] = value;
  }

  store16(address: number, value: number): void {
    this.halves[(address - STACK_BASE) >> 1] = value;
  }

  store32(address: number, value: number): void {
    this.wholes[(address - STACK_BASE) >> 2] = value;
  }
}

/** Pieces of stack, one for each entry at each depth. */
const PIECES = ALL_ENTRIES.length * DEPTHS;

/**
 * Gives each CPU its context, made when it first runs C code; where several calls of one function stand at a
 * time, each call of an entry has one of its own.
 */
export class Contexts implements HasLocalState {
  private readonly words = new WeakMap<object, CWords>();
  private readonly contexts = new WeakMap<KernelCpu, CContext>();

  constructor(
    private readonly tables: FieldTables,
    private readonly stackBytes: number,
    private readonly callable: Callable,
  ) {}

  /** Always the same: whom it gave what before does not matter to what it gives. */
  [LOCAL_STATE](): string {
    return 'contexts';
  }

  /** For a call of an entry. */
  of(cpu: KernelCpu): CContext {
    if (cpu.standsInMany) return new CContext(this.wordsOf(cpu), this.stackBytes, 1);
    return this.contexts.get(cpu) ?? this.make(cpu);
  }

  wordsOf(cpu: KernelCpu): CWords {
    const words = this.words.get(cpu.layout) ?? new CWords(this.tables, cpu.layout, this.callable);
    this.words.set(cpu.layout, words);
    return words;
  }

  private make(cpu: KernelCpu): CContext {
    const context = new CContext(this.wordsOf(cpu), this.stackBytes, PIECES);
    this.contexts.set(cpu, context);
    return context;
  }
}
