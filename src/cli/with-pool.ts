/**
 * A pool, for as long as a command uses it: Ctrl-C, progress, and the end of its workers whatever happens.
 */

import { Progress } from '../report/progress.js';
import { type CliContext, errColors } from './command-context.js';
import type { Pool } from './engine-api.js';
import { printInterrupted } from './io.js';

export interface PoolOptions {
  readonly jobs: number;
  /** Shows no progress. */
  readonly quiet: boolean;
}

/** What a command shows of how far it is: on a terminal, and not where a document is all that is wanted. */
export function progressOf(context: CliContext, isQuiet: boolean): Progress {
  const { stderr } = context.io;
  return new Progress(stderr, !isQuiet && stderr.isTTY === true, errColors(context));
}

/**
 * Runs `work`, which answers whether anything is known by its end. Answers whether Ctrl-C came in between;
 * the work's signal says so too.
 */
export async function withPool(
  context: CliContext,
  { jobs, quiet }: PoolOptions,
  work: (pool: Pool, signal: AbortSignal, progress: Progress) => Promise<boolean>,
): Promise<boolean> {
  const { engine, io } = context;
  const progress = progressOf(context, quiet);
  const abort = new AbortController();
  const stopListening = io.onInterrupt(() => {
    progress.show('stopping; Ctrl-C again ends at once');
    abort.abort();
  });
  let anythingKnown = false;
  progress.show('starting');
  try {
    const pool = await engine.openPool(jobs);
    try {
      anythingKnown = await work(pool, abort.signal, progress);
    } finally {
      await pool.close();
    }
  } finally {
    progress.clear();
    stopListening();
  }
  if (abort.signal.aborted) {
    const known = anythingKnown ? 'what is known by now follows; findings are kept' : 'nothing is known yet';
    printInterrupted(io, known);
  }
  return abort.signal.aborted;
}
