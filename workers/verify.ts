import { parentPort, workerData } from 'node:worker_threads';
import { LoweringError } from '../src/lowering/yield-frames.js';
import type { Definitions } from '../src/programs/definitions.js';
import { thrownOf } from '../src/seal/thrown.js';
import { searchOf } from '../src/verify/searches.js';
import type { SearchMessage, SearchTask } from '../src/verify/worker-api.js';

/** Entry of a verification's thread: one search, its progress and its result as messages. */

const PROGRESS_MS = 200;

/** `own`: what the users' modules in its bundle define. */
export function start(own: Definitions): void {
  const { subject, memory, memoryLimit, budgetMs, switchesMax, walks, preemptions, stop } =
    workerData as SearchTask;
  const stopped = new Int32Array(stop);
  const started = performance.now();
  let toldAt = started;
  const send = (message: SearchMessage): void => parentPort?.postMessage(message);
  const isOver = (): boolean => {
    const now = performance.now();
    if (now - toldAt >= PROGRESS_MS) {
      toldAt = now;
      const { states, expanded, depth } = run;
      send({
        kind: 'progress',
        progress: { states: states.count, expanded, depth, elapsedMs: now - started },
      });
    }
    return Atomics.load(stopped, 0) !== 0 || (budgetMs !== null && now - started >= budgetMs);
  };
  const limits = { memoryBytes: memoryLimit, isOver, switchesMax };
  const { search: run, latent } = searchOf(subject, own, memory, { walks, preemptions }, limits);
  try {
    const result = run.run();
    send({ kind: 'result', result, latent: latent(), seconds: (performance.now() - started) / 1000 });
  } catch (error) {
    if (error instanceof LoweringError) send({ kind: 'refused', what: error.what, place: error.place });
    else send({ kind: 'thrown', thrown: thrownOf(error) });
  }
}
