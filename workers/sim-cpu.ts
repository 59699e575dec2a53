import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { type CpuReport, type CpuSetup, SimCpu } from '../src/stress/sim-cpu.js';

/** Entry of a simulated CPU: a thread that is set up, runs, and can be set up again. Bundled with its generators blanked. */
const api = {
  setUp(setup: CpuSetup): void {
    cpu = new SimCpu(setup);
  },
  run(): CpuReport {
    if (cpu === null) throw new Error('the CPU was not set up');
    return cpu.run();
  },
};
export type SimCpuApi = typeof api;

let cpu: SimCpu | null = null;
if (parentPort !== null) Comlink.expose(api, nodeEndpoint(parentPort as never));
