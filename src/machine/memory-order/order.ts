import type { Machine } from '../machine.js';

/**
 * A memory model as a value: what becomes of a CPU's plain stores. Locked and serialising operations drain in
 * every one.
 */
export interface MemoryOrder {
  /**
   * A plain store is executed. `kind` is one of SB_*: a word, a page-table entry, or a user's store; `x`,
   * `y`, `z` are ghost words that belong to it (hardware.ts).
   */
  store(
    machine: Machine,
    cpu: number,
    address: number,
    value: number,
    kind: number,
    x: number,
    y: number,
    z: number,
  ): void;
}
