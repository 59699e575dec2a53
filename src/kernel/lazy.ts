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
 * `leave_mm`: an idle driver about to enter a deep state drops the mm. It warns where the CPU is not lazy,
 * which only a flush that follows to a global ASID can have brought about; elsewhere it is not looked at.
 *
 * @assumes interrupts are on; the CPU is lazy.
 */
export function* leaveMm(cpu: KernelCpu): Protocol<void> {
  const { tlbstate } = cpu.own;
  const loadedMm = yield* cpu.readOnce(tlbstate.loadedMm);
  if (loadedMm === INIT_MM) return;
  if (cpu.broadcasts) {
    const isLazy = yield* cpu.readOnce(tlbstate.isLazy);
    // A flush may have pushed it to init_mm in between: idle loops come here with interrupts off, scripts do
    // not.
    const loadedNow = isLazy === 0 ? yield* cpu.readOnce(tlbstate.loadedMm) : loadedMm;
    yield* cpu.assert(isLazy !== 0 || loadedNow === INIT_MM, 'leave_mm: the idle CPU is not lazy any more');
  }
  yield* cpu.localIrqDisable();
  yield* cpu.fn.switchMmIrqsOff(cpu, INIT_MM);
  yield* cpu.localIrqEnable();
}
