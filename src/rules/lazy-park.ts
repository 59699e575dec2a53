import { chooseNewAsid } from '../kernel/choose-new-asid.js';
import { describeHypercall, hypercallTarget } from '../kernel/hypercall.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { leaveLazyTlb } from '../kernel/switch-mm.js';
import { FLUSH_PARK } from '../machine/hypervisor.js';
import type { Protocol } from '../machine/protocol.js';
import { askOneByOne } from './one-by-one.js';
import type { Rule } from './rule.js';

/**
 * Lazy CPUs under a flush hypercall, answer (d): the host parks them, it loads init_mm's tables for a CPU
 * that is lazy when it serves the request, and says so in a word. A parked CPU reaches nothing of its mm, so
 * later flushes leave it out. On its way back it reads the word after the full barrier that lazy mode needs
 * anyway, and loads its CR3 with a flush.
 */
export function* describePark(cpu: KernelCpu): Protocol<void> {
  yield* describeHypercall(cpu);
  const freedTables = yield* cpu.readOnce(cpu.own.flushInfo.freedTables);
  if (freedTables !== 0) yield* cpu.writeOnce(cpu.layout.hypercall.wanted[cpu.id], FLUSH_PARK);
}

export function* leaveParkedOut(cpu: KernelCpu, target: number, freedTables: boolean): Protocol<void> {
  const isLazy = yield* cpu.readOnce(cpu.per[target].tlbstate.isLazy);
  if (isLazy !== 0) {
    // Not lazy first and parked second: a CPU clears is_lazy before it clears this word.
    const parked = yield* cpu.readOnce(cpu.layout.hypercall.parked[target]);
    if (parked !== 0) return;
  }
  yield* hypercallTarget(cpu, target, freedTables);
}

/** The way back to the same mm: what CR3 holds is init_mm's. */
export function* unpark(cpu: KernelCpu, mm: number): Protocol<void> {
  // is_lazy is 0 for everybody from here on: nobody parks this CPU any more.
  yield* cpu.smpMb();
  const parked = yield* cpu.readOnce(cpu.layout.hypercall.parked[cpu.id]);
  if (parked === 0) {
    yield* leaveLazyTlb(cpu, mm);
    return;
  }
  yield* cpu.writeOnce(cpu.layout.hypercall.parked[cpu.id], 0);
  const tlbGen = yield* cpu.readOnce(cpu.mms[mm].tlbGen);
  const asid = yield* cpu.readOnce(cpu.own.tlbstate.loadedMmAsid);
  yield* cpu.fn.loadNewMmCr3(cpu, mm, asid, true, tlbGen);
}

/** The way to another mm: CR3 is loaded anyway. */
export function* chooseUnparked(cpu: KernelCpu, next: number, nextTlbGen: number): Protocol<number> {
  const parked = yield* cpu.readOnce(cpu.layout.hypercall.parked[cpu.id]);
  if (parked !== 0) yield* cpu.writeOnce(cpu.layout.hypercall.parked[cpu.id], 0);
  return yield* chooseNewAsid(cpu, next, nextTlbGen);
}

export const lazyPark: Rule = {
  name: 'lazy-park',
  action: 'has the host load init_mm for the lazy CPUs that it flushes',
  summary: "the host loads init_mm's tables for lazy CPUs that it flushes; later flushes leave them out",
  assumes: 'the host parks a CPU between two of its instructions, and only while it is lazy',
  senseless: ({ has, name }) =>
    has.postedRequests === true ? null : `asks a hypervisor for it, and ${name} has no such hypercall`,
  functions: (backend) => ({
    describeHypercall: describePark,
    ...askOneByOne(backend),
    hypercallTarget: leaveParkedOut,
    leaveLazyTlb: unpark,
    chooseNewAsid: chooseUnparked,
  }),
};
