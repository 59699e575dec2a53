import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import type { Protocol } from '../../machine/protocol.js';
import type { CContext } from './c-context.js';
import { publishRequest } from './c-kernel.js';
import { mmHandle } from './c-words.js';
import type { Callable } from './csd-words.js';

/**
 * Calls of C functions that the lab has too, through its table: what stands there may be the C function
 * again, with something before it. Under the names of C, with its parameters.
 */

export function* inc_mm_tlb_gen(cpu: KernelCpu, _c: CContext, _k: Callable, mm: number): Protocol<number> {
  return yield* cpu.fn.incMmTlbGen(cpu, mmHandle(mm));
}

export function* switch_mm_irqs_off(
  cpu: KernelCpu,
  _c: CContext,
  _k: Callable,
  _prev: number,
  next: number,
): Protocol<number> {
  yield* cpu.fn.switchMmIrqsOff(cpu, mmHandle(next));
  return 0;
}

/** By the initiator, on itself. */
export function* flush_tlb_func(
  cpu: KernelCpu,
  c: CContext,
  known: Callable,
  info: number,
): Protocol<number> {
  yield* publishRequest(cpu, c, known.request, info);
  yield* cpu.fn.flushTlbFunc(cpu, cpu.id);
  return 0;
}

export function* flush_tlb_multi(
  cpu: KernelCpu,
  c: CContext,
  known: Callable,
  mask: number,
  info: number,
): Protocol<number> {
  yield* publishRequest(cpu, c, known.request, info);
  yield* cpu.fn.flushTlbMulti(cpu, c.words.word(mask, 4));
  return 0;
}

export function* flush_tlb_one_user(
  cpu: KernelCpu,
  _c: CContext,
  _k: Callable,
  address: number,
): Protocol<number> {
  yield* cpu.fn.flushTlbOneUser(cpu, address >>> 12);
  return 0;
}

export function* should_trim_cpumask(
  cpu: KernelCpu,
  _c: CContext,
  _k: Callable,
  mm: number,
): Protocol<number> {
  return (yield* cpu.fn.shouldTrimCpumask(cpu, mmHandle(mm))) ? 1 : 0;
}

/** By kernel/smp.c, which has them by their pointers: what CPUs run, */
export function* called(cpu: KernelCpu, c: CContext, info: number): Protocol<number> {
  yield* cpu.fn.flushTlbFunc(cpu, c.words.csds.initiatorOf(info));
  return 0;
}

/** and what chooses them. */
export function* asked(cpu: KernelCpu, _c: CContext, target: number, _info: number): Protocol<number> {
  return (yield* cpu.fn.shouldFlushTlb(cpu, target)) ? 1 : 0;
}

const ASID_BITS = 16;

/** Since 6.18 the answer is a structure, whose address comes first; before, two pointers come last. */
export function* choose_new_asid(
  cpu: KernelCpu,
  c: CContext,
  _k: Callable,
  ...given: number[]
): Protocol<number> {
  const isStructure = given.length === 3;
  const [next, gen] = isStructure ? given.slice(1) : given;
  const choice = yield* cpu.fn.chooseNewAsid(cpu, mmHandle(next), gen);
  const [asid, flush] = [choice >> 1, choice & 1];
  if (isStructure) c.store32(given[0], asid | (flush << ASID_BITS));
  else {
    c.store16(given[2], asid);
    c.store8(given[3], flush);
  }
  return 0;
}

/** Before the C function, which then writes CR3: the lab has no function of just that. */
export function* load_new_mm_cr3(
  cpu: KernelCpu,
  _c: CContext,
  _k: Callable,
  _root: number,
  asid: number,
  ...rest: number[]
): Protocol<number> {
  const flush = rest.at(-1) !== 0;
  if (cpu.fn.beforeCr3 !== undefined) yield* cpu.fn.beforeCr3(cpu, asid, flush);
  return 0;
}
