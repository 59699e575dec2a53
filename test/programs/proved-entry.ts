import * as claims from '../../examples/claims.js';
import * as doorbell from '../../examples/doorbell.js';
import * as handOver from '../../examples/hand-over.js';
import * as naming from '../../examples/naming.js';
import * as runToken from '../../examples/run-token.js';
import * as waiters from '../../examples/waiters.js';
import * as watch from '../../examples/watch.js';
import { exportedDefinitions } from '../../src/programs/definitions.js';
import { plainSearch } from '../../src/verify/searches.js';

/** Bundled with the programs lowered. */

const MODULES = { claims, doorbell, handOver, naming, runToken, waiters, watch } as const;

export interface Proved {
  readonly program: string;
  readonly complete: boolean;
  /** Steps to the nearest violation; null: none in any execution. */
  readonly steps: number | null;
}

/** Every execution of each program that the example exports. */
export function prove(example: string): Proved[] {
  return exportedDefinitions([MODULES[example as keyof typeof MODULES]]).programs.map((program) => {
    const { complete, schedule } = plainSearch(program, 'tso', {
      memoryBytes: 2 ** 30,
      isOver: () => false,
    }).run();
    return { program: program.name, complete, steps: schedule?.length ?? null };
  });
}
