/** A CPU's plain stores, as a machine carries them out. `kind`, `x`, `y`, `z`: see MemoryOrder. */
export interface PlainStores {
  /** The store waits in the CPU's buffer, behind those that wait there. */
  push(cpu: number, address: number, value: number, kind: number, x: number, y: number, z: number): void;
  /** The store is in memory within this step. */
  atOnce(cpu: number, address: number, value: number, kind: number, x: number, y: number, z: number): void;
}

/**
 * A memory model as a value: what becomes of a CPU's plain stores. Locked and serialising operations drain in
 * every one.
 */
export interface MemoryOrder {
  /** What it is of, for help texts. */
  readonly summary: string;
  /** What a verdict rests on under it. */
  readonly reach: string;
  /** Whether a store can wait while its CPU goes on. */
  readonly hasStoreBuffers: boolean;
  /**
   * A plain store is executed. `kind` is one of SB_*: a word, a page-table entry, or a user's store; `x`,
   * `y`, `z` are ghost words that belong to it (machine/hardware.ts).
   */
  store(
    stores: PlainStores,
    cpu: number,
    address: number,
    value: number,
    kind: number,
    x: number,
    y: number,
    z: number,
  ): void;
}
