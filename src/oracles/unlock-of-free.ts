import type { OracleInfo } from './oracle.js';

/** `unlock-of-free`: a spinlock was unlocked by a CPU that did not hold it. */
export const unlockOfFree: OracleInfo = {
  name: 'unlock-of-free',
  latent: false,
  summary: 'a spinlock was unlocked by a CPU that did not hold it',
  create: (machine) => ({
    unlockOfFree(cpu: number, address: number): void {
      machine.report('unlock-of-free', cpu, `CPU${cpu} unlocked ${machine.program.layout.nameOf(address)}, which it did not hold`);
    },
  }),
};
