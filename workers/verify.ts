import { parentPort } from 'node:worker_threads';
import { LoweringError } from '../src/lowering/lowering-error.js';
import type { Definitions } from '../src/programs/definitions.js';
import { settled } from '../src/seal/settled.js';
import { thrownOf } from '../src/seal/thrown.js';
import { SearchRun } from '../src/verify/search-run.js';
import type { SearchMessage, SearchTask } from '../src/verify/worker-api.js';
import { InputError } from '../src/vocabulary/errors.js';

/**
 * Entry of a verification's thread: a task comes as a message, its searches' progress and the result go as
 * messages.
 */

/** `own`: what the users' modules in its bundle define. */
export function start(own: Definitions): void {
  parentPort?.on('message', (task: SearchTask) => void search(own, task));
}

async function search(own: Definitions, task: SearchTask): Promise<void> {
  const send = (message: SearchMessage): void => parentPort?.postMessage(message);
  try {
    const answer = await settled(() => new SearchRun(own, task, send).run());
    send({ kind: 'result', ...answer });
  } catch (error) {
    if (error instanceof LoweringError) send({ kind: 'refused', what: error.what, place: error.place });
    else if (error instanceof InputError) send({ kind: 'input', what: error.what, remedy: error.remedy });
    else send({ kind: 'thrown', thrown: thrownOf(error) });
  }
}
