import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { ProgramCpu, type ProgramPart } from '../src/stress/program-cpu.js';
import { type KernelPart, SimCpu } from '../src/stress/sim-cpu.js';
import type { CpuReport, ThreadCpu, ThreadSetup } from '../src/stress/thread-cpu.js';

/** Entry of a simulated CPU: a thread that is set up, runs, and can be set up again. Bundled with its generators blanked. */
const api = {
  setUp(setup: ThreadSetup & (KernelPart | ProgramPart)): void {
    cpu = 'program' in setup ? new ProgramCpu(setup) : new SimCpu(setup);
  },
  run(): CpuReport {
    if (cpu === null) throw new Error('the CPU was not set up');
    return cpu.run();
  },
};
export type SimCpuApi = typeof api;

let cpu: ThreadCpu | null = null;
if (parentPort !== null) Comlink.expose(api, nodeEndpoint(parentPort as never));
