import type { Protocol } from '../machine/protocol.js';
import { INIT_MM } from './constants.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * `enter_lazy_tlb`: the CPU goes to a kernel thread or idle and keeps the user mm loaded.
 *
 * @assumes called in a context switch to a kernel thread.
 */
export function* enterLazyTlb(cpu: KernelCpu): Protocol<void> {
  const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
  if (loadedMm === INIT_MM) return;
  yield* cpu.writeOnce(cpu.own.tlbstate.isLazy, 1);
}

/**
 * `leave_mm`: an idle driver about to enter a deep state drops the mm.
 *
 * @assumes interrupts are on; the CPU is lazy.
 */
export function* leaveMm(cpu: KernelCpu): Protocol<void> {
  const loadedMm = yield* cpu.readOnce(cpu.own.tlbstate.loadedMm);
  if (loadedMm === INIT_MM) return;
  yield* cpu.localIrqDisable();
  yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
  yield* cpu.localIrqEnable();
}
