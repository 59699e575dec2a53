import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { bundled } from '../bundle/kept.js';
import { type Modules, NO_MODULES } from '../bundle/modules.js';
import { BundlePlaces, userError } from '../bundle/places.js';
import { makeTemporary, removeTemporary } from '../bundle/temporary.js';
import { type Answered, answerOf } from '../seal/answered.js';
import { thrownOf } from '../seal/thrown.js';
import { InfrastructureError, InputError } from '../vocabulary/errors.js';

/**
 * Worker threads that are kept from run to run: starting one costs some 30 ms of processor time, setting it
 * up again next to nothing. Comlink is the control plane; a call to a dead worker never settles, so every
 * call is raced against the worker's end.
 */

/** A thread, and what its end looks like. */
export interface Thread<Api> {
  readonly index: number;
  readonly worker: Worker;
  readonly api: Comlink.Remote<Api>;
  /** Settles when the thread has ended, with whose fault that is. */
  readonly ended: Promise<InputError | InfrastructureError>;
}

/**
 * Heap of a thread in MiB; a simulated CPU allocates next to nothing. Without limits 256 threads would
 * reserve much more.
 */
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 } as const;

export class Threads<Api> {
  private readonly threads: Thread<Api>[] = [];
  private file: string | null = null;
  private folder: string | null = null;

  constructor(
    /** The worker's entry under `workers/`, without extension. */
    private readonly entry: string,
    /** Whether its generators are stripped. */
    private readonly stripped: boolean,
    /** Users' modules, for the bundle. */
    readonly modules: Modules = NO_MODULES,
  ) {}

  /**
   * The first `count` threads, started if need be; dead ones are replaced. Throws InfrastructureError when
   * one does not start.
   */
  async take(count: number): Promise<readonly Thread<Api>[]> {
    const file = await this.bundled();
    for (let index = 0; index < count; index++) this.threads[index] ??= this.start(index, file);
    return this.threads.slice(0, count);
  }

  private async bundled(): Promise<string> {
    if (this.file !== null) return this.file;
    const { modules } = this;
    this.folder = makeTemporary();
    const outfile = join(this.folder, `${this.entry}.mjs`);
    this.file = await bundled({
      entry: `../workers/${this.entry}`,
      outfile,
      plain: !this.stripped,
      modules,
    });
    return this.file;
  }

  /**
   * Throws an InputError with the line if the error's stack leads into a user's module; a mistake of theirs
   * is none of the machine.
   */
  refuseUserError(error: unknown): void {
    const mistake = this.mistake(error);
    if (mistake !== null) throw mistake;
  }

  private mistake(error: unknown): InputError | null {
    const { paths } = this.modules;
    if (this.file === null || paths.length === 0) return null;
    if (error instanceof InputError || error instanceof InfrastructureError) return null;
    return userError(error, new BundlePlaces(this.file), paths);
  }

  /**
   * The answer of a call that `answering` answers. Throws an InfrastructureError when the thread ends before
   * it; an InputError where a user's module threw or ended it.
   */
  async call<T>(thread: Thread<Api>, call: Promise<Answered<T>>): Promise<T> {
    try {
      return answerOf(await this.untilEnd(thread, call));
    } catch (error) {
      this.refuseUserError(error);
      throw error;
    }
  }

  /** The answer of a call, unless the thread ends before it. */
  async untilEnd<T>(thread: Thread<Api>, call: Promise<T>): Promise<T> {
    const ended = thread.ended.then((why) => {
      throw why;
    });
    return await Promise.race([call, ended]);
  }

  private start(index: number, file: string): Thread<Api> {
    const worker = new Worker(file, {
      execArgv: [],
      env: {},
      stdin: false,
      trackUnmanagedFds: false,
      resourceLimits: LIMITS,
    });
    const ended = new Promise<InputError | InfrastructureError>((resolve) => {
      worker.once('error', (error) =>
        resolve(
          this.mistake(error) ?? new InfrastructureError(`thread ${index} died: ${thrownOf(error).message}`),
        ),
      );
      worker.once('exit', (code) =>
        resolve(new InfrastructureError(`thread ${index} ended with code ${code}`)),
      );
    });
    const thread: Thread<Api> = { index, worker, api: Comlink.wrap<Api>(nodeEndpoint(worker)), ended };
    void ended.then(() => {
      if (this.threads[index] === thread) delete this.threads[index];
    });
    return thread;
  }

  /** Ends all threads at once, whatever they do. */
  async close(): Promise<void> {
    const threads = this.threads.filter((thread) => thread !== undefined);
    this.threads.length = 0;
    await Promise.all(threads.map((thread) => thread.worker.terminate()));
    if (this.folder !== null) removeTemporary(this.folder);
    this.folder = null;
    this.file = null;
  }
}
