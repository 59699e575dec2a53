import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import { ENTRIES, type EntryName, type FieldTables, STACK_BASE, TABLE_ENTRIES } from '../addresses.js';
import { CWords } from './c-words.js';

/** Depths of interrupts: a task, an interrupt's handler, an NMI's. */
const DEPTHS = 3;
const ALL_ENTRIES: readonly EntryName[] = [...ENTRIES, ...TABLE_ENTRIES];

/**
 * What C code on one CPU runs with: the map of its words, and its stack. The stack is private: of a CPU's
 * memory it is what nobody else can reach, so an access to it is no step.
 */
export class CContext {
  private readonly bytes: Uint8Array;
  private readonly halves: Uint16Array;
  private readonly wholes: Int32Array;

  constructor(
    readonly words: CWords,
    private readonly levelBytes: number,
  ) {
    const memory = new ArrayBuffer(ALL_ENTRIES.length * DEPTHS * levelBytes);
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
    return STACK_BASE + (depth * ALL_ENTRIES.length + ALL_ENTRIES.indexOf(entry) + 1) * this.levelBytes;
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

/** Gives each CPU its context, made when it first runs C code. */
export class Contexts {
  private readonly words = new WeakMap<object, CWords>();
  private readonly contexts = new WeakMap<KernelCpu, CContext>();

  constructor(
    private readonly tables: FieldTables,
    private readonly stackBytes: number,
  ) {}

  of(cpu: KernelCpu): CContext {
    return this.contexts.get(cpu) ?? this.make(cpu);
  }

  private make(cpu: KernelCpu): CContext {
    const words = this.words.get(cpu.layout) ?? new CWords(this.tables, cpu.layout);
    this.words.set(cpu.layout, words);
    const context = new CContext(words, this.stackBytes);
    this.contexts.set(cpu, context);
    return context;
  }
}
