import { INIT_MM } from '../kernel/constants.js';
import type { KernelProgram } from '../kernel/kernel-program.js';

/** The kernel's locks that are taken, read from outside, each with who holds it. */
export function kernelLocks(program: KernelProgram, mem: Int32Array): string[] {
  const { layout, config } = program;
  const taken: string[] = [];
  const look = (address: number, spin: boolean): void => {
    const value = Atomics.load(mem, address);
    if (value === 0) return;
    const who = spin
      ? `CPU${value - 1}`
      : value < 0
        ? 'a writer'
        : `${value} reader${value === 1 ? '' : 's'}`;
    taken.push(`${layout.nameOf(address)}: ${who}`);
  };
  for (const mm of config.layout.mms.slice(INIT_MM)) {
    look(mm.mmapLock, false);
    look(mm.anonVmaLock, false);
    look(mm.pageTableLock, true);
  }
  const { pagePtl, pageStride, mmu } = config.layout;
  for (let frame = 0; frame < mmu.frames; frame++) look(pagePtl + frame * pageStride, true);
  return taken;
}
