import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { openWords, type SharedWords } from '../src/machine/stripped/locked.js';
import { type LitmusCount, type LitmusTest, runLitmus } from '../src/stress/litmus.js';

/** Entry of a thread of the self-test. */
const api = {
  run(shared: SharedWords, test: LitmusTest, thread: number, ms: number, atomic: boolean): LitmusCount | null {
    const { words, locked } = openWords(shared);
    return runLitmus(words, locked, test, thread, ms, atomic);
  },
};
export type LitmusApi = typeof api;

if (parentPort !== null) Comlink.expose(api, nodeEndpoint(parentPort as never));
