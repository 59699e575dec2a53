/**
 * What hears of a machine what no oracle asks for: every store to memory, and what code is told that is no
 * step. For recorders and enumerations; `Machine.listen` puts it in place. Where nobody listens it costs
 * nothing that could be measured: stores look at a byte per word anyway (Waits.watch).
 *
 * The default hears nothing.
 */
export class MachineListener {
  /**
   * A word is about to become `value` in memory. `isPoked`: by `poke`, which costs no step; else by a store
   * or locked operation of `cpu`.
   */
  stores(_cpu: number, _address: number, _value: number, _isPoked: boolean): void {}
  /**
   * The CPU's code hands an operation out, in the line where it is written: its callers are on the stack.
   * Only code that delegates (`yield*`) is heard, not that of a bundle that was flattened.
   */
  handsOut(_cpu: number): void {}
  /** An assertion of the CPU's code does not hold: its callers are on the stack. */
  fails(_cpu: number): void {}
  /** The CPU's code is told the answer of what is done at once, such as a peek. */
  answers(_cpu: number, _value: number): void {}
}
