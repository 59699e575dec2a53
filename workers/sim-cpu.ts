import { answering } from '../src/seal/answered.js';
import { settled } from '../src/seal/settled.js';
import { expose } from '../src/stress/expose.js';
import { ProgramCpu } from '../src/stress/program-cpu.js';
import { SimCpu, type SimCpuApi } from '../src/stress/sim-cpu.js';
import type { ThreadCpu } from '../src/stress/thread-cpu.js';

/** Entry of a simulated CPU: a thread that is set up, runs, and can be set up again. Bundled with its generators blanked. */
let cpu: ThreadCpu | null = null;
const api: SimCpuApi = {
  setUp(setup) {
    return answering(() => {
      cpu = 'program' in setup ? new ProgramCpu(setup) : new SimCpu(setup);
    });
  },
  run() {
    if (cpu === null) throw new Error('the CPU was not set up');
    const own = cpu;
    return settled(() => own.run());
  },
};

expose(api);
