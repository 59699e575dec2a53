import type { BatchRequest } from '../../src/explore/batch.js';
import type { ExplorerTasks } from '../../src/explore/pool.js';
import type { Definitions } from '../../src/programs/definitions.js';
import { start as startReal } from '../../workers/explore-batch.js';

/** An exploration worker that fails, as the name of its scenario says, once it is past measuring. */
export function start(own: Definitions): ExplorerTasks {
  const real = startReal(own);
  return {
    ...real,
    batch(request: BatchRequest) {
      const kept: unknown[] = [];
      switch ('scenario' in request ? request.scenario.name : '') {
        case 'exit':
          return process.exit(7);
        case 'memory':
          for (;;) kept.push(new Array(1_000).fill(kept.length));
        case 'hang':
          for (;;);
        case 'bug':
          throw new TypeError('x is not a function');
        default:
          return real.batch(request);
      }
    },
  };
}
