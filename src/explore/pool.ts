import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { bundled } from '../bundle/kept.js';
import { type Modules, NO_MODULES } from '../bundle/modules.js';
import { BundlePlaces, userError, variantError } from '../bundle/places.js';
import { makeTemporary, removeTemporary } from '../bundle/temporary.js';
import { isOwnVariantName } from '../programs/definitions.js';
import type { Subject } from '../programs/subject.js';
import { type Answered, answerOf } from '../seal/answered.js';
import { InfrastructureError, type InputError } from '../vocabulary/errors.js';
import { type BatchRequest, type BatchResult, type BatchWitness, subjectKey } from './batch.js';
import type { Minimised, MinimiseRequest } from './minimise/minimise.js';
import type { PairRequest, PairResult } from './pairs/pair-batch.js';
import { Silence } from './silence.js';
import { WithCallers } from './with-callers.js';
import { workerFailure } from './worker-failure.js';

/** Whatever runs batches for a hunt. */
export interface BatchRunner {
  /** How many it runs at a time. */
  readonly jobs: number;
  /** The users' modules that it knows. */
  readonly modules: Modules;
  run(request: BatchRequest): Promise<BatchResult>;
  /** Mean steps per execution of the request's subject. */
  length(request: BatchRequest): Promise<number>;
  /** The witness with fewer changes between agents. */
  simplify(request: BatchRequest, witness: BatchWitness): Promise<BatchWitness>;
}

/** What a worker of a pool answers to. */
export interface ExplorerTasks {
  batch(request: BatchRequest): BatchResult;
  /** Mean steps per execution of the request's subject. */
  length(request: BatchRequest): number;
  simplified(of: { readonly request: BatchRequest; readonly witness: BatchWitness }): BatchWitness;
  pairs(request: PairRequest): PairResult;
  minimised(request: MinimiseRequest): Minimised;
}

export interface PoolSettings {
  /** Users' modules, for its workers. Default: none. */
  readonly modules?: Modules;
  /** Entry of the workers; default: the explorer's. Tests have one that fails. */
  readonly entry?: string;
  /** Heap of a worker in MiB. Default: Node's. */
  readonly heapMb?: number;
  /** Milliseconds without an answer of any worker after which they are taken for lost. */
  readonly silenceMs?: number;
}

/**
 * A batch is less than a second's work. Where more threads than cores share them, each waits for its turn.
 */
const SILENCE_MS = 300_000;

/**
 * Worker threads that run batches. Simulated CPUs are never pool tasks; whole batches are.
 *
 * The worker's code is bundled once per pool: an engine spread over modules runs several times slower, since
 * constants imported through a namespace are looked up at each use.
 */
export class HuntPool implements BatchRunner {
  private readonly ready: Promise<Piscina>;
  private directory: string | null = null;
  /** Lengths asked for before, by what they depend on. */
  private readonly lengths = new Map<string, Promise<number>>();
  private readonly silence: Silence;
  private closed = false;

  private places: BundlePlaces | null = null;
  private withCallers: WithCallers | null = null;
  readonly modules: Modules;

  constructor(
    readonly jobs: number,
    private readonly settings: PoolSettings = {},
  ) {
    this.modules = settings.modules ?? NO_MODULES;
    const limitMs = settings.silenceMs ?? SILENCE_MS * Math.max(1, Math.ceil(jobs / availableParallelism()));
    this.silence = new Silence(limitMs);
    this.ready = this.start();
    // The first call reports a failure to start; without a call nobody needs to hear of it.
    this.ready.catch(() => undefined);
  }

  private async start(): Promise<Piscina> {
    this.directory = makeTemporary();
    const entry = this.settings.entry ?? '../workers/explore-batch';
    const options = { entry, plain: true, modules: this.modules } as const;
    const file = await bundled({ ...options, outfile: join(this.directory, 'explore-batch.mjs') });
    this.places = new BundlePlaces(file);
    this.withCallers = new WithCallers(options, this.directory);
    const { heapMb } = this.settings;
    const piscina = new Piscina({
      filename: file,
      minThreads: this.jobs,
      maxThreads: this.jobs,
      concurrentTasksPerWorker: 1,
      execArgv: [],
      ...(heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
    });
    // A worker that dies between tasks, or before its first: what waits for the pool would wait for ever. A
    // pool that is closed with tasks under way emits an error too; those tasks reject themselves.
    piscina.on('error', (error) => {
      if (!this.closed) this.silence.fail(workerFailure(error, 'between two tasks'));
    });
    return piscina;
  }

  /**
   * Calls a function of the worker's. A worker's death and its silence are told from what the task itself
   * throws, and that, where it comes out of a user's module, is a mistake in it, told with its line.
   */
  private async task<Name extends keyof ExplorerTasks>(
    name: Name,
    argument: Parameters<ExplorerTasks[Name]>[0],
    request: Subject,
  ): Promise<ReturnType<ExplorerTasks[Name]>> {
    const piscina = await this.ready;
    const what =
      'while it ran ' +
      `${'program' in request ? request.program : `${request.variant} in ${request.scenario.name}`}`;
    try {
      const answered = piscina.run({ task: name, argument }) as Promise<
        Answered<ReturnType<ExplorerTasks[Name]>>
      >;
      return answerOf(await this.silence.broken(answered, what));
    } catch (error) {
      const failure = workerFailure(error, what);
      const { places, withCallers } = this;
      if (
        places === null ||
        withCallers === null ||
        this.modules.paths.length === 0 ||
        failure instanceof InfrastructureError
      )
        throw failure;
      const placed = (await withCallers.errorOf(piscina, { task: name, argument })) ?? { error, places };
      throw this.mistake(placed.error, request, placed.places) ?? failure;
    }
  }

  /** What of an error is the module's, in one line. A worker's own end is none of it. */
  private mistake(error: unknown, request: Subject, places: BundlePlaces): InputError | null {
    const { modules } = this;
    const mistake = userError(error, places, modules.paths);
    if (mistake !== null || 'program' in request || !isOwnVariantName(request.variant, modules))
      return mistake;
    return variantError(
      error,
      places,
      modules.paths,
      `variant "${request.variant}" in ${request.scenario.name}`,
    );
  }

  run(request: BatchRequest): Promise<BatchResult> {
    return this.task('batch', request, request);
  }

  /** Mean steps per execution of the request's subject. */
  length(request: BatchRequest): Promise<number> {
    const key = subjectKey(request);
    let length = this.lengths.get(key);
    if (length === undefined) {
      length = this.task('length', { ...request, length: undefined }, request);
      this.lengths.set(key, length);
    }
    return length;
  }

  /** The witness with fewer changes between agents. */
  simplify(request: BatchRequest, witness: BatchWitness): Promise<BatchWitness> {
    return this.task('simplified', { request, witness }, request);
  }

  /** Executions of two kernels, the patch's following the base's. */
  pairs(request: PairRequest): Promise<PairResult> {
    return this.task('pairs', request, { variant: request.patch, scenario: request.scenario });
  }

  /** A witness with less in it, of the same class and cause. */
  minimise(request: MinimiseRequest): Promise<Minimised> {
    return this.task('minimised', request, request.request);
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
      if (this.directory !== null) removeTemporary(this.directory);
    }
  }
}

/**
 * Opens worker threads; whoever opens them closes them. `of`: users' modules, or what `loadModules` answered.
 */
export function openPool(jobs: number, of: Modules | { readonly modules: Modules } = NO_MODULES): HuntPool {
  return new HuntPool(jobs, { modules: 'modules' in of ? of.modules : of });
}
