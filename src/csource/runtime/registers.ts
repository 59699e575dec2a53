import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import * as H from '../../machine/hardware.js';
import type { Protocol } from '../../machine/protocol.js';
import type { CContext } from './c-context.js';

/** A CPU's own registers, which nobody else can reach: no steps. */

/** Frame of the root table in CR3. */
export function* cr3Root(cpu: KernelCpu): Protocol<number> {
  return yield* cpu.ownRegister(H.CR3_ROOT);
}

/** CR3 as C code reads it: the root's frame, counted from 1, above the 12 bits of the PCID. */
export function* read_cr3(cpu: KernelCpu, _c: CContext): Protocol<number> {
  const root = yield* cpu.ownRegister(H.CR3_ROOT);
  const pcid = yield* cpu.ownRegister(H.CR3_PCID);
  return ((root + 1) << 12) | pcid;
}

/** 1 while interrupts are on. */
export function* irqs_on(cpu: KernelCpu, _c: CContext): Protocol<number> {
  return yield* cpu.ownRegister(H.IF);
}
