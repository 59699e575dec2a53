import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { InputError } from '../findings/errors.js';
import type { ModuleRef } from '../findings/finding.js';
import { bundle } from '../strip/bundle.js';
import { loadedModules } from '../strip/loaded.js';
import { BundlePlaces, userError } from '../strip/places.js';
import { type BatchRequest, type BatchResult, type BatchWitness, subjectKey } from './batch.js';

/** Whatever runs batches for a hunt. */
export interface BatchRunner {
  /** How many it runs at a time. */
  readonly jobs: number;
  /** The users' modules that it knows. */
  readonly modules: readonly ModuleRef[];
  run(request: BatchRequest): Promise<BatchResult>;
  /** Mean steps per execution of the request's subject. */
  length(request: BatchRequest): Promise<number>;
  /** The witness with fewer changes between agents. */
  simplify(request: BatchRequest, witness: BatchWitness): Promise<BatchWitness>;
}

/**
 * Worker threads that run batches. Simulated CPUs are never pool tasks; whole batches are.
 *
 * The worker's code is bundled once per pool: an engine spread over modules runs several times slower, since constants imported
 * through a namespace are looked up at each use.
 */
export class HuntPool implements BatchRunner {
  private readonly ready: Promise<Piscina>;
  private directory: string | null = null;
  /** Lengths asked for before, by what they depend on. */
  private readonly lengths = new Map<string, Promise<number>>();
  private closed = false;

  private places: BundlePlaces | null = null;

  private readonly own = loadedModules();

  constructor(readonly jobs: number) {
    this.ready = this.start();
    // The first call reports a failure to start; without a call nobody needs to hear of it.
    this.ready.catch(() => undefined);
  }

  /** The users' modules that its workers know: those loaded before it was opened. */
  get modules(): readonly ModuleRef[] {
    return this.own.refs;
  }

  private async start(): Promise<Piscina> {
    this.directory = mkdtempSync(join(tmpdir(), 'shootdown-'));
    const outfile = join(this.directory, 'explore-batch.mjs');
    await bundle({ entry: '../workers/explore-batch', outfile, plain: true, modules: this.own.paths });
    this.places = new BundlePlaces(outfile);
    const piscina = new Piscina({
      filename: outfile,
      minThreads: this.jobs,
      maxThreads: this.jobs,
      concurrentTasksPerWorker: 1,
      execArgv: [],
    });
    // A pool closed with tasks under way emits an error, which nobody else hears; the tasks themselves reject.
    piscina.on('error', () => undefined);
    return piscina;
  }

  run(request: BatchRequest): Promise<BatchResult> {
    return this.call('batch', request);
  }

  /** Mean steps per execution of the request's subject. */
  length(request: BatchRequest): Promise<number> {
    const key = subjectKey(request);
    let length = this.lengths.get(key);
    if (length === undefined) {
      length = this.call<number>('length', { ...request, length: undefined });
      this.lengths.set(key, length);
    }
    return length;
  }

  /** The witness with fewer changes between agents. */
  simplify(request: BatchRequest, witness: BatchWitness): Promise<BatchWitness> {
    return this.call('simplified', { request, witness });
  }

  /** Calls a function of the worker's. What a user's module threw there is a mistake in it, with its line. */
  private async call<Answer>(name: string, argument: unknown): Promise<Answer> {
    const piscina = await this.ready;
    try {
      return (await piscina.run(argument, { name })) as Answer;
    } catch (error) {
      const mistake = this.places === null || this.own.paths.length === 0 ? null : userError(error, this.places);
      throw mistake === null ? error : new InputError(mistake);
    }
  }

  /** Ends the workers, whatever they do. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    try {
      await (await this.ready).destroy();
    } catch {
      // A pool that never started has nothing to end.
    } finally {
      if (this.directory !== null) rmSync(this.directory, { recursive: true, force: true });
    }
  }
}

export function openPool(jobs: number): HuntPool {
  return new HuntPool(jobs);
}
