import { isGlobalAsid } from '../kernel/global-asid.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import type { Protocol } from '../machine/protocol.js';
import { completeFlush } from './complete-flush.js';
import { afterFlush } from './reached-targets.js';
import { requestIsFull, requestTlbGen } from './request.js';
import { fitsAll, type Rule } from './rule.js';

/**
 * V1: the sketch of 2019 as literally written. Assumes that what a target has loaded is still the mm that was
 * flushed; it can have switched to another one since (race R1), whose slot then claims a generation that is
 * not its own.
 */
export function* writeLoadedSlot(cpu: KernelCpu, target: number): Protocol<void> {
  if (!(yield* requestIsFull(cpu))) return;
  const tlbGen = yield* requestTlbGen(cpu);
  const state = cpu.per[target].tlbstate;
  const asid = yield* cpu.readOnce(state.loadedMmAsid);
  if (isGlobalAsid(cpu, asid)) {
    // Since 6.15 the number may be a global ASID, behind the array (fact F6, race R13).
    yield* cpu.assert(false, 'loaded_mm_asid is a global ASID: the write lands behind ctxs[]');
    return;
  }
  yield* cpu.writeOnce(state.ctxs[asid].tlbGen, tlbGen);
}

export const v1: Rule = {
  name: 'v1',
  action: 'stores the generation to whatever slot the CPU has loaded',
  summary: 'stores g to the slot that the target has loaded',
  assumes: 'the target still has the flushed mm loaded',
  senseless: fitsAll,
  functions: (backend) => ({ ...afterFlush, ...completeFlush(backend), updateRemoteGen: writeLoadedSlot }),
};
