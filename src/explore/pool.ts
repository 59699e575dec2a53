import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { BatchRequest, BatchResult, BatchWitness } from './batch.js';

/**
 * Worker threads that run batches. Simulated CPUs are never pool tasks; whole batches are.
 *
 * The worker's code is bundled once per pool: an engine spread over modules runs several times slower, since constants imported
 * through a namespace are looked up at each use.
 */
export class HuntPool {
  private readonly ready: Promise<Piscina>;
  private directory: string | null = null;
  /** Lengths asked for before, by what they depend on. */
  private readonly lengths = new Map<string, Promise<number>>();
  private closed = false;

  constructor(readonly jobs: number) {
    this.ready = this.start();
    // The first call reports a failure to start; without a call nobody needs to hear of it.
    this.ready.catch(() => undefined);
  }

  private async start(): Promise<Piscina> {
    const { build } = await import('esbuild');
    this.directory = mkdtempSync(join(tmpdir(), 'shootdown-'));
    const outfile = join(this.directory, 'explore-batch.mjs');
    await build({
      entryPoints: [workerEntry()],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
    });
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

  async run(request: BatchRequest): Promise<BatchResult> {
    return (await this.ready).run(request) as Promise<BatchResult>;
  }

  /** Mean steps per execution of the request's scenario. */
  length(request: BatchRequest): Promise<number> {
    const key = JSON.stringify([request.variant, request.memory, request.scenario]);
    let length = this.lengths.get(key);
    if (length === undefined) {
      length = this.ready.then((piscina) => piscina.run({ ...request, length: undefined }, { name: 'length' }) as Promise<number>);
      this.lengths.set(key, length);
    }
    return length;
  }

  /** The witness with fewer changes between agents. */
  async simplify(request: BatchRequest, witness: BatchWitness): Promise<BatchWitness> {
    return (await this.ready).run({ request, witness }, { name: 'simplified' }) as Promise<BatchWitness>;
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

/** The worker's entry: TypeScript in a clone, JavaScript in the package. */
function workerEntry(): string {
  const candidates = ['../../workers/explore-batch.ts', '../../workers/explore-batch.js'];
  const found = candidates.map((candidate) => fileURLToPath(new URL(candidate, import.meta.url))).find((path) => existsSync(path));
  if (found === undefined) throw new Error('the installation is incomplete: workers/explore-batch is missing');
  return found;
}

export function openPool(jobs: number): HuntPool {
  return new HuntPool(jobs);
}
