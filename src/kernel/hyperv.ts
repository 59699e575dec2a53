import { EVERY_SPACE, listEntry } from '../machine/hyperv-request.js';
import type { Protocol } from '../machine/protocol.js';
import { MM_NULL, TLB_REMOTE_SEND_IPI } from './constants.js';
import { cpumaskEqualAll, cpumaskLast, cpumaskNext } from './cpumask.js';
import { EV_TLB_FLUSH } from './events.js';
import {
  BANK_VPS,
  BANKS_MAX,
  INPUT_BANKS,
  INPUT_FLAGS,
  INPUT_IS_SPARSE,
  INPUT_NAMED,
  INPUT_SET,
} from './hyperv-layout.js';
import type { KernelCpu } from './kernel-cpu.js';
import { BY_HYPERCALL } from './remote-flush.js';

/**
 * The guest's side of Hyper-V's flush hypercalls (arch/x86/hyperv/mmu.c, `cpumask_to_vpset`), as far as a
 * variant may want to replace it; the rest is backends/hyperv.ts. An input page is its CPU's own while
 * interrupts are off.
 */

export const HV_STATUS_SUCCESS = 0;
export const HV_STATUS_INVALID_PARAMETER = 5;

/** Flags of a request. */
export const HV_FLUSH_ALL_PROCESSORS = 1;
export const HV_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES = 2;
export const HV_FLUSH_NON_GLOBAL_MAPPINGS_ONLY = 4;

/** Values of INPUT_NAMED: all can be named so far; one has no number; one's is above 63. */
export const NAMED_ALL = 0;
export const NAMED_NONE = 1;
export const NAMED_ABOVE = 2;

/**
 * `hyperv_flush_tlb_multi` between its two ends: fills in the input page and makes the hypercall. Answers its
 * status; anything but success is for the caller to flush by IPI.
 *
 * @assumes interrupts are off; there is a hypercall page.
 */
export function* hypervFlush(cpu: KernelCpu, mask: number): Protocol<number> {
  const { input } = cpu.layout.hyperv;
  const page = input[cpu.id];
  const info = cpu.own.flushInfo;
  // From 5.11 to 5.16 only this test: the mask can lose its last CPU after it.
  if (!cpu.features.hypervSeesEmptyMask && (yield* cpumaskNext(cpu, 0, mask)) < 0) return HV_STATUS_SUCCESS;
  const freedTables = yield* cpu.readOnce(info.freedTables);
  const reachesLazy = freedTables !== 0 || !cpu.features.hypervSkipsLazy;
  yield* cpu.fn.hypervAddressSpace(cpu);
  if (yield* cpu.fn.hypervIsEveryCpu(cpu, mask)) {
    const flags = yield* cpu.peek(page + INPUT_FLAGS);
    yield* cpu.poke(page + INPUT_FLAGS, flags | HV_FLUSH_ALL_PROCESSORS);
    for (let target = 0; target < cpu.per.length; target++) yield* cpu.fn.beforeTargetFlush(cpu, target);
    return yield* cpu.fn.hvDoHypercall(cpu);
  }
  const last = yield* cpumaskLast(cpu, mask);
  if (last < 0 && !cpu.features.hypervSeesEmptyMask)
    yield* cpu.assert(false, 'cpumask_last() of an empty mask is no CPU: hv_vp_index is read behind its end');
  if (last >= 0 && cpu.layout.hyperv.vpIndex[last] >= BANK_VPS)
    return yield* cpu.fn.hypervFlushEx(cpu, mask, reachesLazy);
  yield* cpu.fn.hypervClearSet(cpu, 1);
  let target = yield* cpumaskNext(cpu, 0, mask);
  while (target >= 0) {
    yield* cpu.fn.hypercallTarget(cpu, target, reachesLazy);
    const named = yield* cpu.peek(page + INPUT_NAMED);
    if (named === NAMED_NONE) return HV_STATUS_INVALID_PARAMETER;
    if (named === NAMED_ABOVE) return yield* cpu.fn.hypervFlushEx(cpu, mask, reachesLazy);
    target = yield* cpumaskNext(cpu, target + 1, mask);
  }
  const low = yield* cpu.peek(page + INPUT_SET);
  const high = yield* cpu.peek(page + INPUT_SET + 1);
  // Nobody but lazy CPUs, or the mask has become empty.
  if (low === 0 && high === 0) return HV_STATUS_SUCCESS;
  return yield* cpu.fn.hvDoHypercall(cpu);
}

/**
 * `hyperv_flush_tlb_others_ex`: virtual processors with numbers above 63 are named in banks of 64. A set that
 * has come out empty is asked for all the same.
 *
 * @assumes interrupts are off.
 */
export function* hypervFlushEx(cpu: KernelCpu, mask: number, reachesLazy: boolean): Protocol<number> {
  const { input, takesSparseSets, banks } = cpu.layout.hyperv;
  if (!takesSparseSets) return HV_STATUS_INVALID_PARAMETER;
  const page = input[cpu.id];
  yield* cpu.fn.hypervAddressSpace(cpu);
  yield* cpu.poke(page + INPUT_IS_SPARSE, 1);
  // More banks than a set can have: cpumask_to_vpset() answers 0, which its caller takes for a set.
  if (banks > BANKS_MAX) return yield* cpu.fn.hvDoHypercall(cpu);
  yield* cpu.fn.hypervClearSet(cpu, banks);
  yield* cpu.poke(page + INPUT_BANKS, 1);
  let target = yield* cpumaskNext(cpu, 0, mask);
  while (target >= 0) {
    yield* cpu.fn.hypercallTarget(cpu, target, reachesLazy);
    const named = yield* cpu.peek(page + INPUT_NAMED);
    if (named !== NAMED_ALL) return HV_STATUS_INVALID_PARAMETER;
    target = yield* cpumaskNext(cpu, target + 1, mask);
  }
  return yield* cpu.fn.hvDoHypercall(cpu);
}

/**
 * The input page anew: the mm's address space by its root, or all, and no flag and no processor beside.
 *
 * @assumes interrupts are off.
 */
export function* hypervAddressSpace(cpu: KernelCpu): Protocol<void> {
  const { input, space } = cpu.layout.hyperv;
  const page = input[cpu.id];
  const mm = yield* cpu.readOnce(cpu.own.flushInfo.mm);
  const root = mm === MM_NULL ? EVERY_SPACE : yield* cpu.peek(cpu.mms[mm].pgd);
  yield* cpu.poke(page + space, root);
  yield* cpu.poke(page + INPUT_FLAGS, mm === MM_NULL ? HV_FLUSH_ALL_VIRTUAL_ADDRESS_SPACES : 0);
  yield* cpu.poke(page + INPUT_IS_SPARSE, 0);
  yield* cpu.poke(page + INPUT_NAMED, NAMED_ALL);
  yield* cpu.poke(page + INPUT_BANKS, 0);
}

/**
 * Clears the processor mask, or the banks of a set.
 *
 * @assumes interrupts are off.
 */
export function* hypervClearSet(cpu: KernelCpu, banks: number): Protocol<void> {
  const page = cpu.layout.hyperv.input[cpu.id];
  for (let word = 0; word < 2 * banks; word++) yield* cpu.poke(page + INPUT_SET + word, 0);
}

/**
 * `cpumask_equal(cpus, cpu_present_mask)`: the shortcut, which asks nobody whether it is lazy. The mask may
 * change word by word.
 */
export function* hypervIsEveryCpu(cpu: KernelCpu, mask: number): Protocol<boolean> {
  return yield* cpumaskEqualAll(cpu, mask);
}

/**
 * `fill_gva_list`: entries of a page and a number of further ones. Answers how many.
 *
 * @assumes the range takes no more entries than there is room for.
 */
export function* hypervFillList(cpu: KernelCpu, start: number, end: number): Protocol<number> {
  const { input, space, entryPages, listWords, addressPages } = cpu.layout.hyperv;
  const list = input[cpu.id] + space + 1;
  let entries = 0;
  let page = start;
  do {
    const left = end > page ? end - page : 0;
    if (entries === listWords) {
      yield* cpu.assert(false, 'an address list comes to no end: it is written behind the input page');
      return entries;
    }
    const more = left >= entryPages ? entryPages - 1 : left > 0 ? left - 1 : 0;
    yield* cpu.poke(list + entries, listEntry(page, more));
    entries++;
    // B34: always a whole unit on, which near the top begins at the bottom again.
    page =
      cpu.features.hypervListEndsAtEnd && left < entryPages ? end : wrapped(page + entryPages, addressPages);
  } while (page < end);
  return entries;
}

function wrapped(page: number, addressPages: number): number {
  // The end itself is no page that an entry begins with.
  return addressPages === 0 || page <= addressPages ? page : page - addressPages;
}

/**
 * `hv_do_hypercall`, `hv_do_rep_hypercall`: the host flushes each virtual processor of the set, this one
 * too if it is in it. Answers the status.
 *
 * @assumes interrupts are off; the input page is filled in.
 */
export function* hvDoHypercall(cpu: KernelCpu): Protocol<number> {
  if (cpu.layout.hyperv.refuses && (yield* cpu.choose(2)) !== 0) return HV_STATUS_INVALID_PARAMETER;
  yield* cpu.event(EV_TLB_FLUSH, TLB_REMOTE_SEND_IPI, 0);
  yield* cpu.fn.describeHypercall(cpu);
  for (let target = 0; target < cpu.per.length; target++) {
    if (yield* cpu.fn.hypervIsNamed(cpu, target)) yield* cpu.postFlush(target);
  }
  // It returns when every processor that runs has been flushed; others are before they run again.
  yield* cpu.condLoadAcquire(cpu.layout.hypercall.outstanding[cpu.id], -1, 0);
  for (let target = 0; target < cpu.per.length; target++) {
    if (yield* cpu.fn.hypervIsNamed(cpu, target)) yield* cpu.fn.targetAsked(cpu, target, BY_HYPERCALL);
  }
  return HV_STATUS_SUCCESS;
}

/** The host: whether the request names the CPU's virtual processor. */
export function* hypervIsNamed(cpu: KernelCpu, target: number): Protocol<boolean> {
  const { input, hostVp } = cpu.layout.hyperv;
  const page = input[cpu.id];
  const vp = hostVp[target];
  const flags = yield* cpu.peek(page + INPUT_FLAGS);
  if ((flags & HV_FLUSH_ALL_PROCESSORS) !== 0) return true;
  const isSparse = yield* cpu.peek(page + INPUT_IS_SPARSE);
  const banks = isSparse === 0 ? 1 : yield* cpu.peek(page + INPUT_BANKS);
  if (vp >> 6 >= banks) return false;
  const bits = yield* cpu.peek(page + INPUT_SET + (vp >> 5));
  return ((bits >>> (vp & 31)) & 1) !== 0;
}
