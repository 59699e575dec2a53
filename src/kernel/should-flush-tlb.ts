import type { Protocol } from '../machine/protocol.js';
import { LOADED_MM_SWITCHING, MM_NULL } from './constants.js';
import type { KernelCpu } from './kernel-cpu.js';

/**
 * `should_flush_tlb` (since 6.14 and in stable trees; before, `tlb_is_not_lazy`): whether CPU `target` needs
 * an IPI for this CPU's request. Asked once per target, when the request is queued; what the target does
 * later is covered by the handshake with switch_mm_irqs_off.
 *
 * @assumes the generation is counted; asked on the initiator, of a CPU of the mask.
 */
export function* shouldFlushTlb(cpu: KernelCpu, target: number): Protocol<boolean> {
  const state = cpu.per[target].tlbstate;
  const info = cpu.own.flushInfo;
  if (!cpu.features.filterLoadedMm) {
    if (!cpu.features.skipLazy) return true;
    return (yield* cpu.readOnce(state.isLazy)) === 0;
  }
  // loaded_mm first: the switcher clears is_lazy before it stores loaded_mm, so is_lazy must be read at least
  // as new as loaded_mm (B3).
  let loadedMm = MM_NULL;
  if (cpu.features.filterSwitching) {
    loadedMm = yield* cpu.readOnce(state.loadedMm);
    yield* cpu.smpRmb();
  }
  if (cpu.features.skipLazy) {
    const isLazy = yield* cpu.readOnce(state.isLazy);
    // It will find the new generation on its way back.
    if (isLazy !== 0) return false;
  }
  const mm = yield* cpu.readOnce(info.mm);
  if (mm === MM_NULL) return true;
  if (cpu.features.filterSwitching) {
    // In the middle of a switch, perhaps to this mm, perhaps having read the old generation (B3).
    if (loadedMm === LOADED_MM_SWITCHING) return true;
  } else {
    loadedMm = yield* cpu.readOnce(state.loadedMm);
  }
  if (loadedMm === mm) return true;
  const trim = yield* cpu.readOnce(info.trimCpumask);
  return trim !== 0;
}
