import { parentPort } from 'node:worker_threads';
import { LoweringError } from '../src/lowering/yield-frames.js';
import type { Definitions } from '../src/programs/definitions.js';
import { settled } from '../src/seal/settled.js';
import { thrownOf } from '../src/seal/thrown.js';
import { Deepening } from '../src/verify/deepening.js';
import { type LatentMet, type Reduction, type SubjectSpace, spaceOf } from '../src/verify/searches.js';
import type { SearchMessage, SearchTask } from '../src/verify/worker-api.js';

/**
 * Entry of a verification's thread: a task comes as a message, its searches' progress and the result go as
 * messages.
 */

const PROGRESS_MS = 200;

/** `own`: what the users' modules in its bundle define. */
export function start(own: Definitions): void {
  parentPort?.on('message', (task: SearchTask) => void search(own, task));
}

async function search(
  own: Definitions,
  {
    subject,
    memory,
    memoryLimit,
    budgetMs,
    switchesMax,
    statesMax,
    isReduced,
    walks,
    preemptions,
    stop,
  }: SearchTask,
): Promise<void> {
  const stopped = new Int32Array(stop);
  const started = performance.now();
  let toldAt = started;
  let told: Deepening['current'] = null;
  let since = started;
  const send = (message: SearchMessage): void => parentPort?.postMessage(message);
  const latent = new Map<LatentMet['class'], LatentMet>();
  let met: SubjectSpace['latent'] = () => [];
  const collect = (): void => {
    for (const each of met()) if (!latent.has(each.class)) latent.set(each.class, each);
  };
  const isOver = (): boolean => {
    const now = performance.now();
    if (run.current !== told) {
      told = run.current;
      since = now;
    }
    if (now - toldAt >= PROGRESS_MS && told !== null) {
      toldAt = now;
      const { states, expanded, depth } = told;
      const progress = { states: states.count, expanded, depth, switches: run.switches };
      send({ kind: 'progress', progress: { ...progress, elapsedMs: now - since } });
    }
    return Atomics.load(stopped, 0) !== 0 || (budgetMs !== null && now - started >= budgetMs);
  };
  const isHalfOver = (): boolean => budgetMs !== null && performance.now() - started >= budgetMs / 2;
  const reduction: Reduction = { footprints: null };
  const run = new Deepening(
    (atOnce) => {
      collect();
      const bounds = { walks, preemptions };
      const made = spaceOf(subject, own, memory, bounds, memoryLimit, atOnce, reduction);
      met = made.latent;
      return made;
    },
    { isOver, isHalfOver, isReduced },
  );
  try {
    const found = await settled(() => {
      if (statesMax !== null) return run.upTo(statesMax);
      return switchesMax === null ? run.run() : run.only(switchesMax);
    });
    collect();
    const seconds = (performance.now() - started) / 1000;
    send({ kind: 'result', found, latent: [...latent.values()], seconds });
  } catch (error) {
    if (error instanceof LoweringError) send({ kind: 'refused', what: error.what, place: error.place });
    else send({ kind: 'thrown', thrown: thrownOf(error) });
  }
}
