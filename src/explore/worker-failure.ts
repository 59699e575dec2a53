import { InfrastructureError } from '../vocabulary/errors.js';

/**
 * An error of a pool's task, told apart: the end of its thread is the machine's failure (or that of a module
 * that ends processes), and is said as that; anything else is what the task itself threw, and stays as it is.
 * `what`: what the worker was at.
 */
export function workerFailure(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || error instanceof InfrastructureError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new InfrastructureError(
      `a worker thread ran out of memory ${what}`,
      'give fewer --jobs, or NODE_OPTIONS=--max-old-space-size=MiB',
    );
  if (code === 'ERR_WORKER_INIT_FAILED')
    return new InfrastructureError(
      `a worker thread could not be started (${error.message})`,
      'give fewer --jobs',
    );
  const exit = /^worker exited with code: (-?\d+)$/.exec(error.message);
  if (exit !== null)
    return new InfrastructureError(
      `a worker thread died ${what} (exit code ${exit[1]})`,
      'run again, with fewer --jobs if it recurs',
    );
  return error;
}
