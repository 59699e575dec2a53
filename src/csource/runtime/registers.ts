import type { KernelCpu } from '../../kernel/kernel-cpu.js';
import * as H from '../../machine/hardware.js';

/** A CPU's own registers, which nobody else can reach: no steps. */

function register(cpu: KernelCpu, offset: number): number {
  const { mem, program } = cpu.machine;
  return mem[program.hardwareBase + cpu.id * program.hardwareWords + offset];
}

/** Frame of the root table in CR3. */
export function cr3Root(cpu: KernelCpu): number {
  return register(cpu, H.CR3_ROOT);
}

/** CR3 as C code reads it: the root's frame, counted from 1, above the 12 bits of the PCID. */
export function cr3(cpu: KernelCpu): number {
  return ((cr3Root(cpu) + 1) << 12) | register(cpu, H.CR3_PCID);
}

/** 1 while interrupts are on. */
export function interruptsOn(cpu: KernelCpu): number {
  return register(cpu, H.IF);
}
