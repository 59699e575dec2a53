import type { OracleInfo } from './oracle.js';

/** `unlock-of-free`: a spinlock was unlocked by a CPU that did not hold it. */
export const unlockOfFree: OracleInfo = {
  name: 'unlock-of-free',
  latent: false,
  summary: 'a spinlock was unlocked by a CPU that did not hold it',
  create: (machine) => ({
    unlockOfFree(cpu: number, address: number): void {
      machine.report({ class: 'unlock-of-free', cpu, lock: address });
    },
  }),
};
