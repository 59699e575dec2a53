import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundled, type OwnBundle } from '../bundle/kept.js';
import type { Modules } from '../bundle/modules.js';
import { BundlePlaces, userError } from '../bundle/places.js';
import { makeTemporary, removeTemporary } from '../bundle/temporary.js';
import { displayPath } from '../bundle/user-files.js';
import { environmentOf } from '../explore/batch.js';
import type { Shard } from '../explore/shard.js';
import { workerFailure } from '../explore/worker-failure.js';
import { loweringPlugin } from '../lowering/plugin.js';
import * as H from '../machine/hardware.js';
import { memoryOrders } from '../memory-order/index.js';
import { programOf, type Subject } from '../programs/subject.js';
import { InputError, NotVerifiableError } from '../vocabulary/errors.js';
import { type Finding, PLAIN_PROGRAM } from '../vocabulary/finding.js';
import { type Place, received, type ThrownError } from '../vocabulary/told.js';
import type { VerifyRequest, VerifyShard, VerifyVerdict } from './api.js';
import type { KeptSearch } from './checkpoint/search-keeper.js';
import type { SearchResult } from './search.js';
import { witnessOf } from './witness.js';
import type { SearchMessage, SearchTask } from './worker-api.js';

/** All executions of plain programs of the loaded modules, and of kernels in scenarios. */

/** Memory models that the search has stores of its own for; taken for another one, a proof would be none. */
const SEARCHED: ReadonlySet<string> = new Set(['sc', 'tso']);

/** A line of a bundle that says where code comes from. */
const COMMENT = /^\s*\/\//;

/** What searches run, but for users' modules. */
export function searchBundle(): OwnBundle {
  return {
    entry: '../workers/verify',
    plain: true,
    delegating: true,
    plugins: [loweringPlugin()],
    translation: 'lowered',
  };
}

export interface VerifyOutcome {
  readonly verdict: VerifyVerdict;
  readonly finding: Finding | null;
}

/**
 * Searches in a thread of its own, so that this one hears signals; several at a time, where it is asked so.
 * The code is bundled and lowered once for all programs.
 */
export class Verifier {
  private readonly directory = makeTemporary();
  private made: Promise<string> | null = null;
  /** Threads that wait for their next task. */
  private readonly idle: Worker[] = [];
  private isClosed = false;

  constructor(private readonly modules: Modules) {}

  /** Throws InputError for a name that there is not, code that is not seen through, and mistakes in it. */
  async verify(request: VerifyRequest): Promise<VerifyOutcome> {
    const { subject, memory, signal } = request;
    if (!SEARCHED.has(memory))
      throw new InputError(`verify does not know the memory model "${memory}"`, 'hunt under it');
    const asked = programOf(subject, this.modules);
    const { walks, preemptions = 0 } = environmentOf(subject, asked.program);
    const kept = await this.keptOf(request);
    const {
      found: deepened,
      latent,
      seconds,
      changedKept,
    } = await this.search(request, { walks, preemptions, kept });
    const { result, switches, isShortest, reductions, withinSteps, ended } = deepened;
    const changedAt = changedKept === null ? null : placeOf(changedKept, await this.bundled());
    const found =
      result.schedule === null
        ? null
        : witnessOf(subject, asked, memory, result.schedule, result, this.modules, changedAt);
    const verdict: VerifyVerdict = {
      variant: nameOf(subject),
      program: 'program' in subject,
      scenario: 'program' in subject ? PLAIN_PROGRAM : subject.scenario.name,
      memory,
      complete: result.complete && !result.isCut && result.split === null,
      completeWithinSwitches: result.complete && result.isCut && result.split === null,
      withinSteps,
      ended: ended === 'time' && signal?.aborted === true ? 'interrupted' : ended,
      violation: found?.violation.class ?? null,
      message: found?.violation.message ?? null,
      ...{ isShortest: isShortest && result.split === null, latent },
      states: result.states,
      expanded: result.expanded,
      transitions: result.transitions,
      depth: found?.steps ?? result.depth,
      seconds,
      peakMemoryBytes: result.peakMemoryBytes,
      bounds: {
        storeBufferDepth: memoryOrders[memory].hasStoreBuffers ? H.SB_DEPTH : 0,
        ...{ walks, preemptions, switches },
      },
      reductions,
      finding: null,
      ...(request.shard === undefined ? {} : { shard: shardOf(request.shard, result) }),
    };
    return { verdict, finding: found };
  }

  /**
   * A hash of all code that a search runs: what was decided by other code is to be decided anew. Comments and
   * places do not count.
   */
  async codeHash(): Promise<string> {
    const code = readFileSync(await this.bundled(), 'utf8')
      .split('\n')
      .filter((line) => !COMMENT.test(line));
    return hashOf(code.join('\n'));
  }

  /** Whose search a file may hold. */
  private async keptOf(request: VerifyRequest): Promise<KeptSearch | null> {
    const { kept, subject, memory, switchesMax, isReduced, shard } = request;
    if (kept === undefined) return null;
    const { file, everyMs, isResumed } = kept;
    const options = {
      '--memory': memory,
      '--preemptions-of-cpus': switchesMax === undefined ? 'any number' : String(switchesMax),
      '--reduce': isReduced === true ? 'on' : 'off',
      '--shard': shard === undefined ? '1/1' : `${shard.index}/${shard.of}`,
    };
    return {
      ...{ file, everyMs, isResumed },
      key: { code: await this.codeHash(), subject: hashOf(JSON.stringify(subject)), options },
    };
  }

  close(): void {
    this.isClosed = true;
    for (const worker of this.idle.splice(0)) void worker.terminate();
    removeTemporary(this.directory);
  }

  private bundled(): Promise<string> {
    const outfile = join(this.directory, 'verify.mjs');
    this.made ??= bundled({ ...searchBundle(), outfile, modules: this.modules });
    return this.made;
  }

  /** What of an error is the module's, with its line. */
  private mistake(error: unknown, file: string): unknown {
    return userError(error, new BundlePlaces(file), this.modules.paths) ?? error;
  }

  private async search(
    {
      subject,
      memory,
      memoryLimit,
      budgetMs,
      switchesMax,
      statesMax,
      isReduced,
      shard,
      signal,
      onProgress,
      kept,
    }: VerifyRequest,
    environment: Pick<SearchTask, 'walks' | 'preemptions' | 'kept'>,
  ): Promise<Extract<SearchMessage, { kind: 'result' }>> {
    const name = nameOf(subject);
    const stop = new SharedArrayBuffer(4);
    const task: SearchTask = {
      ...{ subject, memory, memoryLimit, budgetMs: budgetMs ?? null, switchesMax: switchesMax ?? null, stop },
      ...{ statesMax: statesMax ?? null, isReduced: isReduced === true, shard: shard ?? null },
      ...environment,
    };
    const file = await this.bundled();
    const worker = this.idle.pop() ?? new Worker(file, { execArgv: [] });
    worker.ref();
    let isWhole = false;
    const abort = (): void => {
      Atomics.store(new Int32Array(stop), 0, 1);
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      worker.postMessage(task);
      const result = await new Promise<Extract<SearchMessage, { kind: 'result' }>>((resolve, reject) => {
        worker.on('message', (message: SearchMessage) => {
          if (message.kind === 'progress') onProgress?.(message.progress);
          else if (message.kind === 'result') resolve(message);
          else if (message.kind === 'kept') kept?.onNews(message.news);
          else if (message.kind === 'input') reject(new InputError(message.what, message.remedy));
          else if (message.kind === 'thrown') reject(this.mistake(received(message.thrown), file));
          else reject(new NotVerifiableError(name, message.what, message.place));
        });
        worker.on('error', (error) =>
          reject(workerFailure(this.mistake(error, file), `while it verified ${name}`)),
        );
        worker.on('exit', (code) =>
          reject(workerFailure(new Error(`worker exited with code: ${code}`), `while it verified ${name}`)),
        );
      });
      isWhole = true;
      return result;
    } finally {
      signal?.removeEventListener('abort', abort);
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      // What a user's module has done in a thread, the next search is not to find there.
      if (isWhole && this.modules.paths.length === 0 && !this.isClosed) {
        worker.unref();
        this.idle.push(worker);
      } else await worker.terminate();
    }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function shardOf(shard: Shard, { split, complete, isCut }: SearchResult): VerifyShard {
  return { ...shard, split, complete, isCut };
}

/** Null for what was thrown in no user's file. */
function placeOf({ stack }: ThrownError, bundle: string): Place | null {
  const place = new BundlePlaces(bundle).userPlace(stack);
  return place === null ? null : { file: displayPath(place.path), line: place.line };
}

function nameOf(subject: Subject): string {
  return 'program' in subject ? subject.program : subject.variant;
}
