/** The gates of what kernels do that broadcast: INVLPGB, TLBSYNC and global ASIDs. */
import type { KernelFunctions } from '../kernel/functions.js';
import * as G from './gates.js';

/**
 * The protocol functions with gates before them. The instructions themselves are left out: in the lab's TLBs
 * nothing stands, and when a broadcast is over the recording says.
 */
export function broadcastGates(
  lab: { readonly gates: G.Gates },
  own: KernelFunctions,
): Partial<KernelFunctions> {
  return {
    *broadcastTlbFlush(cpu, mm) {
      yield* lab.gates.stop(cpu, G.GATE_BROADCAST, mm);
      yield* own.broadcastTlbFlush(cpu, mm);
    },
    *invlpgbFlushSinglePcidNosync(cpu, asid) {
      yield* lab.gates.stop(cpu, G.GATE_INVLPGB, yield* own.pcidOperand(cpu, asid), 0, -1);
    },
    *invlpgbFlushUserNrNosync(cpu, asid, page, pages) {
      yield* lab.gates.stop(cpu, G.GATE_INVLPGB, yield* own.pcidOperand(cpu, asid), page, pages);
    },
    *invlpgbFlushAllNonglobals(cpu) {
      yield* lab.gates.stop(cpu, G.GATE_INVLPGB, 0, 0, -1);
      yield* lab.gates.stop(cpu, G.GATE_TLBSYNC);
    },
    *finishAsidTransition(cpu, mm) {
      yield* lab.gates.stop(cpu, G.GATE_TRANSITION, mm);
      yield* own.finishAsidTransition(cpu, mm);
    },
    *tlbSync(cpu) {
      yield* lab.gates.stop(cpu, G.GATE_TLBSYNC);
    },
    *considerGlobalAsid(cpu, mm) {
      yield* lab.gates.stop(cpu, G.GATE_CONSIDER, mm);
      yield* own.considerGlobalAsid(cpu, mm);
    },
    *useGlobalAsid(cpu, mm) {
      try {
        yield* own.useGlobalAsid(cpu, mm);
      } finally {
        // Where the recording goes another way in the middle of it, the lock must not stay behind.
        const { lock } = cpu.layout.globalAsids;
        if (cpu.machine.mem[lock] === cpu.id + 1) cpu.machine.mem[lock] = 0;
      }
    },
  };
}
