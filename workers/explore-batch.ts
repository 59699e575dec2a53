import { measureLength, runBatch, simplifyWitness } from '../src/explore/batch.js';
import { minimise } from '../src/explore/minimise/minimise.js';
import { runPairs } from '../src/explore/pairs/pair-batch.js';
import type { ExplorerTasks } from '../src/explore/pool.js';
import type { Definitions } from '../src/programs/definitions.js';
import { causeOf } from '../src/replay/cause-of.js';

/** Entry of an exploration worker: what a pool calls. `own`: what the users' modules in its bundle define. */
export function start(own: Definitions): ExplorerTasks {
  const cause: typeof causeOf = (request, witness) => causeOf(request, witness, own);
  return {
    batch: (request) => runBatch(request, cause, own),
    length: (request) => measureLength(request, own),
    simplified: ({ request, witness }) => simplifyWitness(request, witness, cause, own),
    pairs: (request) => runPairs(request, own),
    minimised: (request) => minimise(request, cause, own),
  };
}
