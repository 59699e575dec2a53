import * as K from '../../machine/op-kinds.js';

/**
 * What a protocol function does, told apart from what it looks at. An act is every operation that others can
 * notice or that waits; a read is a plain load. Of two functions that read differently and act alike nobody
 * but themselves can tell which one ran.
 */

/**
 * Operations that are no instruction and have a lasting effect: kinds beside those of machine/op-kinds.ts.
 */
export const ACT_POKE = -1;
export const ACT_CHOOSE = -2;
export const ACT_PROMISE = -3;
export const ACT_RETURNED = -4;
export const ACT_NEW_SPACE = -5;
export const ACT_FAILED_ASSERT = -6;

/** An operation about to be executed, as a pending one is. */
export interface Act {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
}

/** On x86 an acquiring load is a plain one. A conditional load waits, which a plain one does not. */
export function isRead(kind: number): boolean {
  return kind === K.OP_READ_ONCE || kind === K.OP_LOAD_ACQUIRE;
}

/** Operations with a fourth operand. The others leave there what an earlier operation put. */
const FOUR = new Set([
  K.OP_COND_LOAD_ACQUIRE,
  K.OP_CMPXCHG_PAIR,
  K.OP_SET_PTE,
  K.OP_PTEP_GET_AND_CLEAR,
  K.OP_PTEP_SET_WRPROTECT,
]);

/** A releasing store is a plain one, on x86. */
function asExecuted(kind: number): number {
  return kind === K.OP_STORE_RELEASE ? K.OP_WRITE_ONCE : kind;
}

export function isSameAct(one: Act, other: Act): boolean {
  if (asExecuted(one.kind) !== asExecuted(other.kind)) return false;
  if (one.a !== other.a || one.b !== other.b || one.c !== other.c) return false;
  if (FOUR.has(one.kind) && one.d !== other.d) return false;
  return one.kind !== K.OP_CMPXCHG_PAIR || one.e === other.e;
}
