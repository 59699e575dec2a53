import type { Protocol } from '../machine/protocol.js';
import { INIT_MM, MM_NULL } from './constants.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * `context_switch` and `finish_task_switch` (kernel/sched/core.c), as far as they concern mms. `nextMm` is
 * NULL for a kernel thread or the idle task, which borrows the previous mm lazily and pins it by mm_count, so
 * that the root table stays allocated; tables below the root can be freed under it.
 */
export function* contextSwitch(cpu: KernelCpu, nextMm: number): Protocol<void> {
  const current = cpu.own.current;
  const prevMm = yield* cpu.peek(current.mm);
  const prevActive = yield* cpu.peek(current.activeMm);
  let dropped = MM_NULL;
  yield* cpu.localIrqDisable();
  if (nextMm === MM_NULL) {
    if (cpu.scenario.lazy) {
      yield* cpu.fn.enterLazyTlb(cpu);
      if (prevMm !== MM_NULL) yield* cpu.fn.mmgrab(cpu, prevMm);
    } else {
      yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
      yield* cpu.poke(current.activeMm, INIT_MM);
    }
  } else {
    yield* cpu.fn.switchMmIrqsOff(cpu, nextMm);
    yield* cpu.poke(current.activeMm, nextMm);
    if (prevMm === MM_NULL) dropped = prevActive;
  }
  yield* cpu.poke(current.mm, nextMm);
  yield* cpu.localIrqEnable();
  if (dropped !== MM_NULL && dropped !== INIT_MM) yield* cpu.fn.mmdrop(cpu, dropped);
}

/** `mmgrab`. */
export function* mmgrab(cpu: KernelCpu, mm: number): Protocol<void> {
  yield* cpu.fetchAdd(cpu.mms[mm].mmCount, 1);
}

/** `mmdrop`: the last reference frees the root table (`__mmdrop`). */
export function* mmdrop(cpu: KernelCpu, mm: number): Protocol<void> {
  const left = yield* cpu.decReturn(cpu.mms[mm].mmCount);
  if (left !== 0) return;
  const root = yield* cpu.peek(cpu.mms[mm].pgd);
  yield* cpu.freeFrame(root);
  if (cpu.broadcasts) yield* cpu.fn.mmFreeGlobalAsid(cpu, mm);
  yield* cpu.storeRelease(cpu.mms[mm].alive, MM_DEAD);
}

/** States of `mm.alive`. */
export const MM_DEAD = 0;
export const MM_ALIVE = 1;
export const MM_BEING_BORN = 2;
export const MM_EXITING = 3;
