import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { type LockstepReport, type LockstepSetup, runLockstep } from '../src/lockstep/lockstep-cpu.js';

/** Entry of a thread of a lockstep run. Bundled with its generators as they are. */
const api = {
  run: (setup: LockstepSetup): LockstepReport => runLockstep(setup),
};
export type LockstepApi = typeof api;

if (parentPort !== null) Comlink.expose(api, nodeEndpoint(parentPort as never));
