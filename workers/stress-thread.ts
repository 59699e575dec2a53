import type { Definitions } from '../src/programs/definitions.js';
import { answering } from '../src/seal/answered.js';
import { settled } from '../src/seal/settled.js';
import type { CpuThread } from '../src/stress/cpu-thread.js';
import { expose } from '../src/stress/expose.js';
import { KernelThread, type StressApi } from '../src/stress/kernel-thread.js';
import { ProgramThread } from '../src/stress/program-thread.js';

/**
 * Entry of a simulated CPU: a thread that is set up, runs, and can be set up again. Bundled with its
 * generators stripped.
 */
export function start(own: Definitions): void {
  let cpu: CpuThread | null = null;
  const api: StressApi = {
    setUp(setup) {
      return answering(() => {
        cpu = 'program' in setup ? new ProgramThread(setup, own) : new KernelThread(setup, own);
      });
    },
    run() {
      if (cpu === null) throw new Error('the CPU was not set up');
      const running = cpu;
      return settled(() => running.run());
    },
  };
  expose(api);
}
