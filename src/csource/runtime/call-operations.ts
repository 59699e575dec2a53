import { EV_CSD_RAN, EV_CSD_UNLOCKED, EV_IPI_SERVED, EV_SHOULD_FLUSH } from '../../kernel/events.js';
import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import type { Protocol } from '../../machine/protocol.js';
import { STACK_BASE } from '../addresses.js';
import type { CContext } from './c-context.js';
import { csdPointer } from './csd-words.js';
import { isPrivate, wordOfCpu } from './imported-operations.js';

/**
 * What kernel/smp.c imports of the lab beside what tlb.c does: IPIs, waits, searches in two masks. And what
 * is noted where it runs functions by pointers.
 */

/** Waits until none of the bits is set; returns what the word is then. */
export function* cond_load_acquire(
  cpu: KernelCpu,
  c: CContext,
  address: number,
  bits: number,
): Protocol<number> {
  return yield* cpu.condLoadAcquire(
    c.words.word(address < STACK_BASE ? address : ownFlags(cpu, c), 4),
    bits,
    0,
  );
}

/** Of a csd on the stack, which is waited for once it is queued. */
function ownFlags(cpu: KernelCpu, c: CContext): number {
  const flags = c.words.csdFields.find(({ word }) => word.of === 'csd' && word.word === 'flags');
  return csdPointer(cpu.id, cpu.id) + (flags?.offset ?? 0);
}

export function* store_release(cpu: KernelCpu, c: CContext, address: number, value: number): Protocol<void> {
  if (address >= STACK_BASE) {
    c.store32(address, value);
    return;
  }
  const csd = c.words.csdOfFlags(address);
  if (csd !== 0 && value === 0) yield* cpu.event(EV_CSD_UNLOCKED, csd, 0);
  yield* cpu.storeRelease(c.words.word(address, 4), c.words.stored(address, value));
}

export function* send_ipi(cpu: KernelCpu, _c: CContext, target: number): Protocol<void> {
  yield* cpu.sendIpi(target);
}

/** To every CPU of a mask, which is read once. */
export function* send_ipis(cpu: KernelCpu, c: CContext, mask: number): Protocol<void> {
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* bitsOf(cpu, c, mask, word);
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits);
      bits = bits & (bits - 1);
      yield* cpu.sendIpi(word * 32 + bit);
    }
  }
}

/** What no CPU's number is (NR_CPUS of shims/lab/cpumask.h), and the mask of all CPUs. */
const NO_CPU = 256;
const ALL_CPUS = 4;

/** Of two masks the first CPU from a number on that is in both and is not `but`. */
export function* next_and(
  cpu: KernelCpu,
  c: CContext,
  from: number,
  left: number,
  right: number,
  but: number,
): Protocol<number> {
  for (let word = from >>> 5; word < cpu.maskWords; word++) {
    const one = yield* bitsOf(cpu, c, left, word);
    const other = yield* bitsOf(cpu, c, right, word);
    let bits = one & other;
    if (word === from >>> 5) bits = bits & (-1 << (from & 31));
    if (word === but >>> 5) bits = bits & ~(1 << (but & 31));
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
  }
  return NO_CPU;
}

export function* and_masks(
  cpu: KernelCpu,
  c: CContext,
  into: number,
  left: number,
  right: number,
): Protocol<void> {
  for (let word = 0; word < cpu.maskWords; word++) {
    const one = yield* bitsOf(cpu, c, left, word);
    const other = yield* bitsOf(cpu, c, right, word);
    const to = c.words.word(into + 4 * word, 4);
    if (isPrivate(cpu, c, into)) yield* cpu.poke(to, one & other);
    else yield* cpu.writeOnce(to, one & other);
  }
}

/** How many CPUs a mask has. */
export function* weight(cpu: KernelCpu, c: CContext, mask: number): Protocol<number> {
  let count = 0;
  for (let word = 0; word < cpu.maskWords; word++) {
    let bits = yield* bitsOf(cpu, c, mask, word);
    for (; bits !== 0; bits = bits & (bits - 1)) count++;
  }
  return count;
}

function* bitsOf(cpu: KernelCpu, c: CContext, mask: number, word: number): Protocol<number> {
  if (mask === ALL_CPUS) return -1;
  const at = c.words.word(mask + 4 * word, 4);
  return isPrivate(cpu, c, mask) ? yield* cpu.peek(at) : yield* cpu.readOnce(at);
}

/** `__cpumask_set_cpu`: a load and a store, of a mask that is its CPU's own none that others see. */
export function* set_own_cpu(cpu: KernelCpu, c: CContext, target: number, mask: number): Protocol<void> {
  const word = wordOfCpu(c, mask, target);
  const bit = 1 << (target & 31);
  if (isPrivate(cpu, c, mask)) yield* cpu.poke(word, (yield* cpu.peek(word)) | bit);
  else yield* cpu.writeOnce(word, (yield* cpu.readOnce(word)) | bit);
}

/** `__cpumask_clear_cpu`. */
export function* clear_own_cpu(cpu: KernelCpu, c: CContext, target: number, mask: number): Protocol<void> {
  const word = wordOfCpu(c, mask, target);
  const bit = 1 << (target & 31);
  if (isPrivate(cpu, c, mask)) yield* cpu.poke(word, (yield* cpu.peek(word)) & ~bit);
  else yield* cpu.writeOnce(word, (yield* cpu.readOnce(word)) & ~bit);
}

// No instructions: what happens where a function is called by its pointer.

/** The condition of a call was asked for a target. */
export function* asked(cpu: KernelCpu, target: number, answer: number): Protocol<void> {
  yield* cpu.event(EV_SHOULD_FLUSH, target, answer);
}

/** A function is about to run for a request: another CPU's, or the own one. */
export function* served(cpu: KernelCpu, c: CContext, info: number): Protocol<void> {
  const initiator = c.words.csds.initiatorOf(info);
  if (initiator === cpu.id) return;
  yield* cpu.event(EV_IPI_SERVED, cpu.per[initiator].cfd.csd[cpu.id], initiator);
}

/** It has run. */
export function* ran(cpu: KernelCpu, c: CContext, info: number): Protocol<void> {
  const initiator = c.words.csds.initiatorOf(info);
  if (initiator === cpu.id) return;
  yield* cpu.event(EV_CSD_RAN, cpu.per[initiator].cfd.csd[cpu.id], 0);
}
