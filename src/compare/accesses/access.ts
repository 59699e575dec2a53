import * as K from '../../machine/op-kinds.js';
import type { Place } from '../../vocabulary/told.js';

/**
 * What a protocol function does, access by access: each operation on memory or the CPU's state, named so that
 * the same one of another CPU, mm or slot has the same name.
 */

export interface Access {
  /** `READ_ONCE loaded_mm`, or `read of loaded_mm`; of no word, `smp_mb`. */
  readonly name: string;
  /** `loaded_mm`; null for an operation on no word. */
  readonly word: string | null;
  /** What it stores, or is otherwise told; null where it is told nothing. */
  readonly told: string | null;
  /** Without a boundary: its text claims that nobody else can reach the word. */
  readonly isPrivate: boolean;
  /** Kernel functions on the stack, outermost first; empty where nobody asked. */
  readonly functions: readonly string[];
  readonly place: Place | null;
}

/** On x86 an acquiring load is a plain one, as a releasing store is. */
const AS_EXECUTED: Readonly<Record<number, number>> = {
  [K.OP_LOAD_ACQUIRE]: K.OP_READ_ONCE,
  [K.OP_STORE_RELEASE]: K.OP_WRITE_ONCE,
};

/**
 * How loads and stores are named: as the kernel marks them, or, where a compiler has made what runs, by what
 * they do: nobody sees there which of them were marked.
 */
export type Naming = 'marked' | 'plain';

const PLAIN: Readonly<Record<number, string>> = {
  [K.OP_READ_ONCE]: 'read of',
  [K.OP_WRITE_ONCE]: 'write of',
};

/** The name of an operation on a word, or on none. */
export function accessName(kind: number, word: string | null, naming: Naming): string {
  const executed = AS_EXECUTED[kind] ?? kind;
  const operation = (naming === 'plain' ? PLAIN[executed] : undefined) ?? K.opName(executed);
  return word === null ? operation : `${operation} ${word}`;
}

export const isOfMemory = (kind: number): boolean => kind <= K.OP_MEMORY_MAX && kind !== K.OP_SMP_MB;
