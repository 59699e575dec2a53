/**
 * What watches a machine: oracles and counters. A machine calls these at the moment the thing happens; an
 * observer may read everything and may call `machine.report`, and changes nothing but ghost words of its own.
 *
 * The default does nothing, for machines that nobody watches (plain shared-memory programs).
 */
export class MachineObserver {
  /** A new execution begins. */
  begin(): void {}
  /** A retired user access used the TLB entry at word `entry`. */
  userAccess(_cpu: number, _entry: number, _write: boolean): void {}
  /**
   * A user store left the store buffer: frame, its allocation number at execution, ghost index and version of
   * the entry that it used.
   */
  userStoreDrained(_cpu: number, _frame: number, _alloc: number, _ghost: number, _version: number): void {}
  /** An entry of a page table became another one in memory; `version` is that of `after`. */
  entryChanged(_cpu: number, _ghost: number, _version: number, _before: number, _after: number): void {}
  /**
   * A walk of `cpu` read an entry of the table in `frame`, which was linked with allocation number `alloc`.
   */
  tableRead(_cpu: number, _frame: number, _alloc: number, _speculative: boolean): void {}
  /** Interrupts become enabled on `cpu`. */
  interruptsEnabled(_cpu: number): void {}
  /**
   * A word for which `machine.watchWord` was called became `value` in memory, by a store or locked operation
   * of `cpu`.
   */
  wordCommitted(_cpu: number, _address: number, _value: number): void {}
  /** The kernel says what it does (tracepoints and ghost notes); kinds are in kernel/events.ts. */
  event(_cpu: number, _kind: number, _a: number, _b: number): void {}
  /** A virtual CPU enters the guest, after the flush that was owed to it, if one was. */
  vcpuEntered(_cpu: number, _flushed: boolean): void {}
  /** The host threw a flush request away that a guest relies on. */
  hostLostFlush(_cpu: number): void {}
  /**
   * The host flushed a running virtual CPU because another one asked by hypercall: the guest code of that CPU
   * does not hear of it.
   */
  hostServed(_cpu: number): void {}
  /** The CPU's MMU has carried out what another CPU, or it itself, had broadcast; its code hears nothing. */
  invalidated(_cpu: number): void {}
  /** A lock that the CPU does not hold was unlocked. */
  unlockOfFree(_cpu: number, _address: number): void {}
  /** A locked or buffered store reached memory while another CPU had moved since the store was executed. */
  drainOvertaken(_cpu: number): void {}
}
