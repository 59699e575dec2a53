import type { KernelLayout } from '../kernel/kernel-layout.js';

/**
 * A number that a variant counts for its author: read out of the memory at the end of each execution, over
 * the kernel's words and those of its own (`ownWords`), and summed up over executions.
 *
 *     counters: { quietSkips: (read, { own }) => read(own.machine[0]) }
 */
export type KernelCount = (read: (address: number) => number, kernel: KernelLayout) => number;

/** By name. */
export type OwnCounters = Readonly<Record<string, KernelCount>>;

/** What each of them counts in a memory, in their order. Throws what they throw. */
export function counted(
  counters: OwnCounters | undefined,
  kernel: KernelLayout,
  mem: Int32Array,
): readonly number[] {
  const read = (address: number): number => mem[address];
  return Object.values(counters ?? {}).map((count) => count(read, kernel));
}
