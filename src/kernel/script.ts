import { ACCESS_OK } from '../machine/mmu.js';
import type { Protocol } from '../machine/protocol.js';
import { userAccess } from '../machine/user-access.js';
import type { ScriptStep } from '../vocabulary/scenario.js';
import { FIRST_USER_MM, MM_NULL } from './constants.js';
import { EV_OPERATION, EV_SEGV } from './events.js';
import type { KernelCpu } from './kernel-cpu.js';
import { MM_ALIVE } from './sched.js';

/** Runs a CPU's script, step by step. Tasks move only between steps. */
export function* runScript(cpu: KernelCpu, script: readonly ScriptStep[]): Protocol<void> {
  for (let i = 0; i < script.length; i++) yield* cpu.fn.runStep(cpu, script[i]);
}

/** One step of a script: the client operation that it names. */
export function* runStep(cpu: KernelCpu, step: ScriptStep): Protocol<void> {
  const current = yield* cpu.peek(cpu.own.current.mm);
  switch (step.op) {
    case 'run':
      yield* cpu.fn.runTask(cpu, step.mm + FIRST_USER_MM);
      return;
    case 'kthread':
      yield* cpu.fn.contextSwitch(cpu, MM_NULL);
      return;
    case 'idle':
      yield* cpu.fn.contextSwitch(cpu, MM_NULL);
      if (step.deep === true) yield* cpu.fn.leaveMm(cpu);
      return;
    case 'reclaim':
      yield* cpu.fn.reclaimPage(cpu, step.mm + FIRST_USER_MM, step.page, step.unbatched === true);
      return;
    case 'access':
      if (current !== MM_NULL) yield* cpu.fn.userInstruction(cpu, step.page, step.write);
      return;
    default:
      // A system call: without a user task there is nobody to make it.
      if (current === MM_NULL) return;
      yield* cpu.fn.systemCall(cpu, current, step);
      yield* cpu.operationReturned();
      yield* cpu.event(EV_OPERATION, 0, 0);
  }
}

/** Switches to this CPU's task of `mm`; if it does not exist (not born yet, or gone), the CPU idles. */
export function* runTask(cpu: KernelCpu, mm: number): Protocol<void> {
  const alive = yield* cpu.loadAcquire(cpu.mms[mm].alive);
  const thread = yield* cpu.peek(cpu.own.current.threads + mm);
  yield* cpu.fn.contextSwitch(cpu, alive === MM_ALIVE && thread !== 0 ? mm : MM_NULL);
}

/** A user load or store with the faults it takes; a store that faults is tried again after the handler. */
export function* userInstruction(cpu: KernelCpu, page: number, write: boolean): Protocol<void> {
  for (;;) {
    const outcome = yield* userAccess(cpu, page, write);
    if (outcome === ACCESS_OK) return;
    const handled = yield* cpu.fn.handlePageFault(cpu, page, write);
    if (!handled) {
      yield* cpu.event(EV_SEGV, page, 0);
      return;
    }
  }
}

/** A client operation as a system call of the running task: it returns to its user. */
export function* systemCall(cpu: KernelCpu, mm: number, step: ScriptStep): Protocol<void> {
  switch (step.op) {
    case 'mmap':
      yield* cpu.fn.doMmap(cpu, mm, step.start, step.end, step.write);
      return;
    case 'munmap':
      yield* cpu.fn.doMunmap(cpu, mm, step.start, step.end, step.nominalPages ?? 0);
      return;
    case 'mprotect':
      yield* cpu.fn.doMprotect(cpu, mm, step.start, step.end, step.write, step.nominalPages ?? 0);
      return;
    case 'madvise':
      yield* cpu.fn.madviseDontneed(cpu, mm, step.start, step.end, step.nominalPages ?? 0);
      return;
    case 'fork':
      yield* cpu.fn.doFork(cpu, mm, step.child + FIRST_USER_MM);
      return;
    case 'exit':
      yield* cpu.fn.exitMm(cpu, mm);
      return;
    default:
      return;
  }
}
