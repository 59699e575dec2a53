import { flushTlbMmRange } from '../kernel/flush-mm-range.js';
import { flushTlbFunc } from '../kernel/flush-tlb-func.js';
import type { KernelFunctions } from '../kernel/functions.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { callFunctionInterrupt } from '../kernel/smp.js';
import type { Protocol } from '../machine/protocol.js';

/** The kernel's functions, saying when they begin and end. An event is no step: nothing else changes. */

/** a = one of PART_*. Numbers apart from the kernel's own events. */
export const EV_PART_BEGINS = 101;
export const EV_PART_ENDS = 102;
export const PART_FLUSH = 0;
export const PART_LOCAL = 1;
export const PART_HANDLER = 2;

function* timedFlush(
  cpu: KernelCpu,
  mm: number,
  start: number,
  end: number,
  nominalPages: number,
  freedTables: boolean,
): Protocol<void> {
  yield* cpu.event(EV_PART_BEGINS, PART_FLUSH, 0);
  yield* flushTlbMmRange(cpu, mm, start, end, nominalPages, freedTables);
  yield* cpu.event(EV_PART_ENDS, PART_FLUSH, 0);
}

function* timedFlushTlbFunc(cpu: KernelCpu, initiator: number): Protocol<void> {
  if (cpu.id === initiator) yield* cpu.event(EV_PART_BEGINS, PART_LOCAL, 0);
  yield* flushTlbFunc(cpu, initiator);
  if (cpu.id === initiator) yield* cpu.event(EV_PART_ENDS, PART_LOCAL, 0);
}

function* timedInterrupt(cpu: KernelCpu): Protocol<void> {
  yield* cpu.event(EV_PART_BEGINS, PART_HANDLER, 0);
  yield* callFunctionInterrupt(cpu);
  yield* cpu.event(EV_PART_ENDS, PART_HANDLER, 0);
}

export const timedFunctions: Partial<KernelFunctions> = {
  flushTlbMmRange: timedFlush,
  flushTlbFunc: timedFlushTlbFunc,
  callFunctionInterrupt: timedInterrupt,
};
