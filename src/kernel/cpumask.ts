import type { Protocol } from '../machine/protocol.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * cpumasks: 32 CPUs a word, a step per word, nothing atomic across words. Bits are taken with shifts, so that
 * bit 31 has no sign.
 */

/** Number of the lowest set bit; `bits` is not 0. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** `cpumask_test_cpu`. */
export function* cpumaskTestCpu(cpu: KernelCpu, target: number, mask: number): Protocol<boolean> {
  const word = yield* cpu.readOnce(mask + (target >> 5));
  return ((word >>> (target & 31)) & 1) !== 0;
}

/** `cpumask_set_cpu`: a locked set_bit, so a full barrier. */
export function* cpumaskSetCpu(cpu: KernelCpu, target: number, mask: number): Protocol<void> {
  yield* cpu.fetchOr(mask + (target >> 5), 1 << (target & 31));
}

/** `cpumask_clear_cpu`: a locked clear_bit, so a full barrier. */
export function* cpumaskClearCpu(cpu: KernelCpu, target: number, mask: number): Protocol<void> {
  yield* cpu.fetchAnd(mask + (target >> 5), ~(1 << (target & 31)));
}

/** `cpumask_next`: the first CPU of the mask from `from` on, or -1. The mask may change from call to call. */
export function* cpumaskNext(cpu: KernelCpu, from: number, mask: number): Protocol<number> {
  for (let word = from >> 5; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    if (word === from >> 5) bits = bits & (-1 << (from & 31));
    if (bits !== 0) return word * 32 + lowestBit(bits);
  }
  return -1;
}

/** `cpumask_weight`. */
export function* cpumaskWeight(cpu: KernelCpu, mask: number): Protocol<number> {
  let weight = 0;
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    while (bits !== 0) {
      bits = bits & (bits - 1);
      weight++;
    }
  }
  return weight;
}

/**
 * `cpumask_any_but(mask, self) < nr_cpu_ids`: whether any other CPU is in the mask. Stops at the first word
 * that has one.
 */
export function* cpumaskAnyOther(cpu: KernelCpu, mask: number): Protocol<boolean> {
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* cpu.readOnce(mask + word);
    if (word === cpu.id >> 5) bits = bits & ~(1 << (cpu.id & 31));
    if (bits !== 0) return true;
  }
  return false;
}

/** `cpumask_last`: the highest CPU of the mask, or -1 where the kernel answers nr_cpumask_bits. */
export function* cpumaskLast(cpu: KernelCpu, mask: number): Protocol<number> {
  for (let word = cpu.maskWords - 1; word >= 0; word--) {
    const bits = yield* cpu.readOnce(mask + word);
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits);
  }
  return -1;
}

/** `cpumask_equal(mask, cpu_present_mask)`. Stops at the first word that lacks a CPU. */
export function* cpumaskEqualAll(cpu: KernelCpu, mask: number): Protocol<boolean> {
  const cpus = cpu.per.length;
  for (let word = 0; word < cpu.maskWords; word++) {
    const present = cpus - word * 32 >= 32 ? -1 : (1 << (cpus - word * 32)) - 1;
    const bits = yield* cpu.readOnce(mask + word);
    if (bits !== present) return false;
  }
  return true;
}
