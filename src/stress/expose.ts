import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';

/**
 * What a worker thread answers to; its entry under `workers/` calls this once. Outside a thread, where a test
 * imports the entry, nothing.
 */
export function expose(api: object): void {
  if (parentPort !== null) Comlink.expose(api, nodeEndpoint(parentPort));
}
