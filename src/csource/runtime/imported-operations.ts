import { TLB_FLUSH_ALL, TRIM_ONE_IN } from '../../kernel/constants.js';
import { EV_CSD_QUEUED, EV_LEFT_MASK, EV_TLB_FLUSH } from '../../kernel/events.js';
import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import type { Protocol } from '../../machine/protocol.js';
import { STACK_BASE } from '../addresses.js';
import type { CContext } from './c-context.js';
import { isInBatch, mmHandle } from './c-words.js';
import { csdPointer, shareCsd } from './csd-words.js';
import { cr3Root } from './registers.js';

/**
 * What C code imports of the lab (shims/lab/operations.h), under the same names: each an operation of the
 * machine, or what has none.
 */

export function* smp_mb(cpu: KernelCpu, _c: CContext): Protocol<void> {
  yield* cpu.smpMb();
}

export function* smp_rmb(cpu: KernelCpu, _c: CContext): Protocol<void> {
  yield* cpu.smpRmb();
}

export function* smp_wmb(cpu: KernelCpu, _c: CContext): Protocol<void> {
  yield* cpu.smpWmb();
}

/** Returns the old value, as all that are locked. */
export function* fetch_add(cpu: KernelCpu, c: CContext, address: number, addend: number): Protocol<number> {
  return yield* cpu.fetchAdd(c.words.word(address, 4), addend);
}

/** Returns the new value. */
export function* inc_return(cpu: KernelCpu, c: CContext, address: number): Protocol<number> {
  return yield* cpu.incReturn(c.words.word(address, 4));
}

/** Returns the new value. */
export function* dec_return(cpu: KernelCpu, c: CContext, address: number): Protocol<number> {
  return yield* cpu.decReturn(c.words.word(address, 4));
}

export function* fetch_or(cpu: KernelCpu, c: CContext, address: number, bits: number): Protocol<number> {
  return yield* cpu.fetchOr(c.words.word(address, 4), bits);
}

export function* fetch_and(cpu: KernelCpu, c: CContext, address: number, bits: number): Protocol<number> {
  return yield* cpu.fetchAnd(c.words.word(address, 4), bits);
}

export function* xchg(cpu: KernelCpu, c: CContext, address: number, value: number): Protocol<number> {
  const old = yield* cpu.xchg(c.words.word(address, 4), c.words.stored(address, value));
  return c.words.read(address, old);
}

export function* cmpxchg(
  cpu: KernelCpu,
  c: CContext,
  address: number,
  expected: number,
  value: number,
): Protocol<number> {
  if (value >= STACK_BASE) {
    yield* shareCsd(cpu, c, value);
    return yield* cmpxchg(cpu, c, address, expected, csdPointer(cpu.id, cpu.id));
  }
  // Asked of `c` each time: what is kept across the operation counts to the state that the CPU stands in.
  const old = yield* cpu.cmpxchg(
    c.words.word(address, 4),
    c.words.stored(address, expected),
    c.words.stored(address, value),
  );
  const seen = c.words.read(address, old);
  if (seen === expected && value !== 0 && c.words.isLink(address))
    yield* cpu.event(EV_CSD_QUEUED, c.words.stored(address, value), 0);
  return seen;
}

// Masks of CPUs: 32 a word, a step per word.

/** Whether a mask is one that only the running task can reach: no step where it is read or written. */
export function isPrivate(cpu: KernelCpu, c: CContext, mask: number): boolean {
  return isInBatch(mask) || c.words.isCallMask(mask, cpu.id);
}

/** A mask's word that has a CPU's bit. */
export function wordOfCpu(c: CContext, mask: number, target: number): number {
  return c.words.word(mask + 4 * (target >>> 5), 4);
}

export function* test_cpu(cpu: KernelCpu, c: CContext, target: number, mask: number): Protocol<number> {
  const word = wordOfCpu(c, mask, target);
  const bits = isPrivate(cpu, c, mask) ? yield* cpu.peek(word) : yield* cpu.readOnce(word);
  return (bits >>> (target & 31)) & 1;
}

export function* set_cpu(cpu: KernelCpu, c: CContext, target: number, mask: number): Protocol<void> {
  yield* cpu.fetchOr(wordOfCpu(c, mask, target), 1 << (target & 31));
}

export function* clear_cpu(cpu: KernelCpu, c: CContext, target: number, mask: number): Protocol<void> {
  yield* cpu.fetchAnd(wordOfCpu(c, mask, target), ~(1 << (target & 31)));
  if (target !== cpu.id || isInBatch(mask)) return;
  // From here to the next write of CR3 no flush of the mm reaches this CPU, and its walker can still go
  // there.
  const handle = mmHandle(mask & ~0xffff);
  const root = yield* cpu.peek(cpu.mms[handle].pgd);
  if ((yield* cr3Root(cpu)) === root) yield* cpu.event(EV_LEFT_MASK, handle, 0);
}

export function* test_and_set_cpu(
  cpu: KernelCpu,
  c: CContext,
  target: number,
  mask: number,
): Protocol<number> {
  const old = yield* cpu.fetchOr(wordOfCpu(c, mask, target), 1 << (target & 31));
  return (old >>> (target & 31)) & 1;
}

export function* test_and_clear_cpu(
  cpu: KernelCpu,
  c: CContext,
  target: number,
  mask: number,
): Protocol<number> {
  const old = yield* cpu.fetchAnd(wordOfCpu(c, mask, target), ~(1 << (target & 31)));
  return (old >>> (target & 31)) & 1;
}

/** The first CPU of the mask that is not `but`, or a number that no CPU has. */
export function* any_cpu_but(cpu: KernelCpu, c: CContext, mask: number, but: number): Protocol<number> {
  for (let word = 0; word < cpu.maskWords; word++) {
    const at = c.words.word(mask + 4 * word, 4);
    let bits = isPrivate(cpu, c, mask) ? yield* cpu.peek(at) : yield* cpu.readOnce(at);
    if (word === but >>> 5) bits = bits & ~(1 << (but & 31));
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
  }
  return cpu.scenario.cpus;
}

export function* clear_mask(cpu: KernelCpu, c: CContext, mask: number): Protocol<void> {
  for (let word = 0; word < cpu.maskWords; word++) {
    const at = c.words.word(mask + 4 * word, 4);
    if (isPrivate(cpu, c, mask)) yield* cpu.poke(at, 0);
    else yield* cpu.writeOnce(at, 0);
  }
}

export function* or_masks(
  cpu: KernelCpu,
  c: CContext,
  into: number,
  left: number,
  right: number,
): Protocol<void> {
  for (let word = 0; word < cpu.maskWords; word++) {
    const [to, one, other] = [into, left, right].map((mask) => c.words.word(mask + 4 * word, 4));
    const first = isInBatch(left) ? yield* cpu.peek(one) : yield* cpu.readOnce(one);
    const second = isInBatch(right) ? yield* cpu.peek(other) : yield* cpu.readOnce(other);
    if (isInBatch(into)) yield* cpu.poke(to, first | second);
    else yield* cpu.writeOnce(to, first | second);
  }
}

// The CPU.

export function* irq_disable(cpu: KernelCpu, _c: CContext): Protocol<void> {
  yield* cpu.localIrqDisable();
}

export function* irq_enable(cpu: KernelCpu, _c: CContext): Protocol<void> {
  yield* cpu.localIrqEnable();
}

/** Bit 31 is NOFLUSH; the root's frame stands above the 12 bits of the PCID, counted from 1. */
export function* write_cr3(cpu: KernelCpu, _c: CContext, cr3: number): Protocol<void> {
  yield* cpu.writeCr3(((cr3 & 0x7fffffff) >>> 12) - 1, cr3 & 0xfff, cr3 < 0);
}

export function* invlpg(cpu: KernelCpu, _c: CContext, address: number): Protocol<void> {
  yield* cpu.invlpg(address >>> 12);
}

export function* invpcid(
  cpu: KernelCpu,
  _c: CContext,
  type: number,
  pcid: number,
  address: number,
): Protocol<void> {
  yield* cpu.invpcid(type, pcid, address >>> 12);
}

// What is left to the lab.

/** The mm's second for trimming its mask is over: a recorded choice. */
export function* second_is_over(cpu: KernelCpu, _c: CContext): Protocol<number> {
  return (yield* cpu.choose(TRIM_ONE_IN)) === TRIM_ONE_IN - 1 ? 1 : 0;
}

export function* trace_tlb_flush(
  cpu: KernelCpu,
  _c: CContext,
  reason: number,
  pages: number,
): Protocol<void> {
  yield* cpu.event(EV_TLB_FLUSH, reason, pages === -1 ? TLB_FLUSH_ALL : pages);
}

/** A WARN of the kernel: what it says must not be, is. */
export function* warn(cpu: KernelCpu, _c: CContext, line: number): Protocol<void> {
  yield* cpu.assert(false, `a WARN of the kernel's text at line ${line}`);
}

/** What C code asks for and nobody has. Throws an Error. */
export function missing(what: string): number {
  throw new Error(what);
}
