import type { Definitions } from '../src/programs/definitions.js';
import { answering } from '../src/seal/answered.js';
import { settled } from '../src/seal/settled.js';
import { expose } from '../src/stress/expose.js';
import { ProgramCpu } from '../src/stress/program-cpu.js';
import { SimCpu, type SimCpuApi } from '../src/stress/sim-cpu.js';
import type { ThreadCpu } from '../src/stress/thread-cpu.js';

/**
 * Entry of a simulated CPU: a thread that is set up, runs, and can be set up again. Bundled with its
 * generators blanked.
 */
export function start(own: Definitions): void {
  let cpu: ThreadCpu | null = null;
  const api: SimCpuApi = {
    setUp(setup) {
      return answering(() => {
        cpu = 'program' in setup ? new ProgramCpu(setup, own) : new SimCpu(setup, own);
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
