import { setImmediate } from 'node:timers/promises';
import { type Modules, NO_MODULES } from '../bundle/modules.js';
import { whileSealed } from '../seal/process-seal.js';
import { plainError } from '../seal/thrown.js';
import {
  type BatchRequest,
  type BatchResult,
  type BatchWitness,
  type CauseOf,
  measureLength,
  runBatch,
  simplifyWitness,
} from './batch.js';
import type { BatchRunner } from './pool.js';

/**
 * Runs batches in this thread: for programs that are at hand as objects, in a test for instance, where a pool
 * would need a module to bundle into its workers. Between two batches others get their turn.
 */
export class InlinePool implements BatchRunner {
  readonly jobs = 1;

  /**
   * `causeOf` recognises what is known, where hunts are told of that; `modules`: what is known by name beside
   * what the project brings.
   */
  constructor(
    private readonly causeOf?: CauseOf,
    readonly modules: Modules = NO_MODULES,
  ) {}

  async run(request: BatchRequest): Promise<BatchResult> {
    await setImmediate();
    return sealed(() => runBatch(request, this.causeOf, this.modules));
  }

  async length(request: BatchRequest): Promise<number> {
    return sealed(() => measureLength(request, this.modules));
  }

  async simplify(request: BatchRequest, witness: BatchWitness): Promise<BatchWitness> {
    return sealed(() => simplifyWitness(request, witness, this.causeOf, this.modules));
  }
}

/** In this thread a program could end the test run that it is judged in. */
function sealed<T>(work: () => T): T {
  try {
    return whileSealed(work);
  } catch (error) {
    throw plainError(error);
  }
}
