import { createEngine } from '../../src/cli/engine.js';
import type { Engine, Pool } from '../../src/cli/engine-api.js';

/**
 * The real engine, with less of everything that takes time: no hunt does more executions than are given, a
 * pool has one worker, whatever the number of jobs, and hunts without modules share one. What a command
 * prints for a violation within these executions is what it prints without the reduction.
 */

export interface Reduction {
  /** Executions of a hunt, at most. */
  readonly executions: number;
  /** Executions of a study's row, at most, instead. */
  readonly perRow: number;
  /** Whether a study's counts are taken over as many executions as ever. */
  readonly countsAll?: boolean;
}

class SharedPool implements Pool {
  constructor(readonly real: Pool) {}
  async close(): Promise<void> {
    // For the next command.
  }
}

export class ReducedEngines {
  private shared: Promise<Pool> | null = null;

  /** An engine for one command. It knows no modules of the command before, as a new process knows none. */
  for({ executions, perRow, countsAll = false }: Reduction): Engine {
    const real = createEngine();
    let hasModules = false;
    const atMost = <R extends { readonly executions?: number }>(request: R): R => ({
      ...request,
      executions: Math.min(request.executions ?? executions, executions),
    });
    const unshared = (pool: Pool): Pool => (pool instanceof SharedPool ? pool.real : pool);
    return {
      ...real,
      loadModules: (files, _typeCheck, expected, kernelSources) => {
        hasModules = true;
        // `tsc --noEmit` checks the examples too, all at once.
        return real.loadModules(files, false, expected, kernelSources);
      },
      openPool: async () => {
        if (hasModules) return real.openPool(1);
        this.shared ??= real.openPool(1);
        return new SharedPool(await this.shared);
      },
      hunt: (request, pool) => real.hunt(atMost(request), unshared(pool)),
      minimise: (finding, pool, ...rest) => real.minimise(finding, unshared(pool), ...rest),
      huntProgram: (request, pool) => real.huntProgram(atMost(request), unshared(pool)),
      comparisons: {
        ...real.comparisons,
        run: (request, pool) => real.comparisons.run(atMost(request), unshared(pool)),
      },
      studies: {
        ...real.studies,
        run: (request, pool) =>
          real.studies.run(
            {
              ...request,
              executions: perRow,
              executionsMin: perRow,
              ...(countsAll ? {} : { counted: 13, onBrokenHost: 1 }),
              budgetMs: undefined,
            },
            unshared(pool),
          ),
      },
    };
  }

  async close(): Promise<void> {
    if (this.shared !== null) await (await this.shared).close();
  }
}
