import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { type LitmusCount, type LitmusTest, runLitmus } from '../src/stress/litmus.js';

/** Entry of a thread of the self-test. */
const api = {
  run: (mem: SharedArrayBuffer, test: LitmusTest, thread: number, ms: number, atomic: boolean): LitmusCount | null =>
    runLitmus(new Int32Array(mem), test, thread, ms, atomic),
};
export type LitmusApi = typeof api;

if (parentPort !== null) Comlink.expose(api, nodeEndpoint(parentPort as never));
