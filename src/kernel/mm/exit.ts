import type { Protocol } from '../../machine/protocol.js';
import { MM_NULL } from '../constants.js';
import type { KernelCpu } from '../kernel-cpu.js';
import { MM_EXITING } from '../sched.js';
import { vmaOf } from './page-table.js';

/** exit (kernel/exit.c, mm/mmap.c). */

/**
 * `exit_mm`: the thread lets go of its mm and goes on lazily, as a kernel thread would; the last thread tears
 * the mm down.
 */
export function* exitMm(cpu: KernelCpu, mm: number): Protocol<void> {
  yield* cpu.poke(cpu.own.current.threads + mm, 0);
  yield* cpu.fn.contextSwitch(cpu, MM_NULL);
  yield* cpu.fn.mmput(cpu, mm);
}

/** `mmput`. */
export function* mmput(cpu: KernelCpu, mm: number): Protocol<void> {
  const users = yield* cpu.decReturn(cpu.mms[mm].mmUsers);
  if (users !== 0) return;
  yield* cpu.fn.exitMmap(cpu, mm);
  yield* cpu.fn.mmdrop(cpu, mm);
}

/**
 * `exit_mmap`: a full gather. CPUs may still have the mm loaded, lazily: the flush frees tables, so it
 * reaches them.
 */
export function* exitMmap(cpu: KernelCpu, mm: number): Protocol<void> {
  const pages = cpu.scenario.pages;
  yield* cpu.fn.archExitMmap(cpu, mm);
  yield* cpu.fn.downRead(cpu, cpu.mms[mm].mmapLock);
  yield* cpu.fn.tlbGatherMmu(cpu, mm, true);
  yield* cpu.fn.zapPageRange(cpu, mm, 0, pages, false);
  yield* cpu.fn.upRead(cpu, cpu.mms[mm].mmapLock);
  yield* cpu.fn.downWrite(cpu, cpu.mms[mm].mmapLock);
  yield* cpu.writeOnce(cpu.mms[mm].alive, MM_EXITING);
  for (let page = 0; page < pages; page++) yield* cpu.poke(vmaOf(cpu, mm, page), 0);
  yield* cpu.fn.freePgtables(cpu, mm, 0, pages);
  yield* cpu.fn.tlbFinishMmu(cpu, 0);
  yield* cpu.fn.upWrite(cpu, cpu.mms[mm].mmapLock);
}

/** `arch_exit_mmap`: what guests do before page tables go. */
export function* archExitMmap(cpu: KernelCpu, _mm: number): Protocol<void> {
  yield* cpu.barrier();
}
