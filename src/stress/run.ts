import { availableParallelism } from 'node:os';
import { type Modules, NO_MODULES } from '../bundle/modules.js';
import { ATTEND_STOP } from '../machine/stripped/runner.js';
import { memoryOrders } from '../memory-order/index.js';
import { InfrastructureError, InputError } from '../vocabulary/errors.js';
import { received } from '../vocabulary/told.js';
import type { Hang, ProgramStressRequest, StressRequest, StressResult } from './api.js';
import * as C from './control.js';
import type { CpuReport } from './cpu-thread.js';
import type { StressApi } from './kernel-thread.js';
import { PostMortem } from './post-mortem.js';
import { RunMemory, type RunWords } from './run-memory.js';
import { type StressSubject, subjectOf } from './stress-subject.js';
import { summary } from './summary.js';
import type { RunnerSettings } from './thread-runner.js';
import { compileAsUsual, compileSooner } from './tier-up.js';
import { Watchdog } from './watchdog.js';
import { type Thread, Threads } from './workers.js';

/** Milliseconds between two looks of the main thread. */
const LOOK_MS = 20;
/** A run of this length, with doorbells, shows how many CPUs are awake at a time. */
const PROBE_MS = 250;
/** With more CPUs awake per core than this on average, doorbells leave them to time slices. */
const AWAKE_PER_CORE = 3;
/** From so many CPUs per core on, threads compile sooner (see tier-up.ts). */
const CROWD = 8;
/** How long threads may take to come back after they were told to stop. */
const STOP_MS = 700;

/** Runs stress runs one after the other on the same threads. */
export class StressEngine {
  private readonly threads: Threads<StressApi>;
  private readonly memory = new RunMemory();

  /** `modules`: users' modules, whose variants and programs may be asked for. */
  constructor(private readonly modules: Modules = NO_MODULES) {
    this.threads = new Threads('stress-thread', true, modules);
  }

  async run(request: StressRequest | ProgramStressRequest): Promise<StressResult> {
    const { waiting, reason } = await this.chooseWaiting(request);
    return new Run(this.threads, this.memory, request, waiting, reason).result();
  }

  /** Ends all threads. */
  close(): Promise<void> {
    compileAsUsual();
    return this.threads.close();
  }

  private async chooseWaiting(
    request: StressRequest | ProgramStressRequest,
  ): Promise<{ waiting: 'doorbell' | 'token'; reason: string }> {
    const cores = availableParallelism();
    if (request.waiting !== 'auto') return { waiting: request.waiting, reason: 'as asked for' };
    if (subjectOf(request, this.modules).cpus <= cores)
      return { waiting: 'doorbell', reason: `a core for each CPU (${cores})` };
    const probe = new Run(
      this.threads,
      this.memory,
      { ...request, forMs: PROBE_MS, onProgress: undefined, onStart: undefined },
      'doorbell',
      'probe',
    );
    await probe.result();
    const awake = probe.meanAwake();
    const reason = `${awake.toFixed(1)} CPUs awake on average, on ${cores} cores`;
    return { waiting: awake > AWAKE_PER_CORE * cores ? 'token' : 'doorbell', reason };
  }
}

class Run {
  private readonly cores = availableParallelism();
  private awakeSum = 0;
  private awakeSamples = 0;
  /** What a user's module did to a thread, outside of what the thread was called for. */
  private mistake: InputError | null = null;

  constructor(
    private readonly pool: Threads<StressApi>,
    private readonly memory: RunMemory,
    private readonly request: StressRequest | ProgramStressRequest,
    private readonly waiting: 'doorbell' | 'token',
    private readonly waitingReason: string,
  ) {}

  meanAwake(): number {
    return this.awakeSum / Math.max(1, this.awakeSamples);
  }

  async result(): Promise<StressResult> {
    const { request, cores } = this;
    const begun = performance.now();
    const subject = subjectOf(request, this.pool.modules);
    const { program, cpus } = subject;
    const { threads, buffers } = await this.setUp(subject);
    const mem = new Int32Array(buffers.mem.buffer);
    const words = new Int32Array(buffers.control.buffer);

    const reports: (CpuReport | null)[] = threads.map(() => null);
    const dead: string[] = [];
    const done = threads.map((thread, id) => this.runThread(thread, reports, id, dead));
    await this.untilReady(words, threads, dead);
    // Not before: what a thread runs to start is soon over, and not worth compiling.
    if (cpus >= CROWD * cores) compileSooner();
    Atomics.store(words, C.AWAKE, cpus);
    Atomics.store(words, C.FREE_TOKENS, cores);
    const opened = performance.now();
    Atomics.store(words, C.GATE, 1);
    Atomics.notify(words, C.GATE);
    request.onStart?.({ mem, program, kill: (cpu) => void threads[cpu].worker.terminate() });
    const postMortem = new PostMortem(program, mem, words, () => subject.locks(mem));
    const busy = subject.kinds.map((kind) => kind !== null);
    const watchdog = new Watchdog(busy, postMortem, cores, opened);
    const { hang, interrupted } = await this.watch(words, watchdog, dead, opened);
    const seconds = (performance.now() - opened) / 1000;
    this.stop(words, cpus);
    const all = await this.settle(done, threads, reports, dead);
    if (this.mistake !== null) throw this.mistake;
    for (const report of reports)
      if (report?.error != null) this.pool.refuseUserError(received(report.error));
    const ownCounters = subject.counted(mem);
    if (all) this.memory.giveBack(buffers);
    return summary({
      ...{ subject, request, postMortem, reports, dead, hang, interrupted, seconds, cores, ownCounters },
      variants: this.pool.modules.variants,
      startSeconds: (opened - begun) / 1000,
      waiting: this.waiting,
      waitingReason: this.waitingReason,
    });
  }

  /** Memory with the start image in it, and threads that know their CPUs. */
  private async setUp(
    subject: StressSubject,
  ): Promise<{ threads: readonly Thread<StressApi>[]; buffers: RunWords }> {
    const { program, cpus } = subject;
    const { seed, perturbEvery, memory, atomicStores } = this.request;
    const size = program.image.length;
    const buffers = this.memory.take(size + C.TAIL_WORDS, C.controlWords(cpus));
    const image = new Int32Array(new SharedArrayBuffer(4 * size));
    image.set(program.image);
    subject.prepare(image);
    new Int32Array(buffers.mem.buffer).set(image);
    const settings: RunnerSettings = {
      ...{ cpus, cores: this.cores, waiting: this.waiting, seed, perturbEvery },
      ...subject.environment,
    };
    const threads = await this.pool.take(cpus);
    const common = {
      memory,
      atomicStores: !memoryOrders[memory].hasStoreBuffers || atomicStores === true,
      settings,
      ...buffers,
      image: image.buffer,
    };
    await Promise.all(
      threads.map((thread, id) =>
        this.pool.call(thread, thread.api.setUp({ ...common, ...subject.partOf(id), id })),
      ),
    );
    return { threads, buffers };
  }

  private async runThread(
    thread: Thread<StressApi>,
    reports: (CpuReport | null)[],
    id: number,
    dead: string[],
  ): Promise<void> {
    try {
      reports[id] = (await this.pool.untilEnd(thread, thread.api.run())) as CpuReport;
    } catch (error) {
      if (error instanceof InputError) this.mistake ??= error;
      dead.push(`CPU${id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** All CPUs stand at the gate. */
  private async untilReady(
    words: Int32Array,
    threads: readonly Thread<StressApi>[],
    dead: readonly string[],
  ): Promise<void> {
    while (Atomics.load(words, C.READY) < threads.length) {
      if (dead.length > 0) throw this.mistake ?? new InfrastructureError(`the run did not start: ${dead[0]}`);
      await sleep(2);
    }
  }

  /** Until the time is up, a CPU has ended the run, or nothing moves any more. */
  private async watch(
    words: Int32Array,
    watchdog: Watchdog,
    dead: readonly string[],
    opened: number,
  ): Promise<{ hang: Hang | null; interrupted: boolean }> {
    const { signal, forMs, onProgress } = this.request;
    const cpus = watchdog.cpus;
    for (;;) {
      const now = performance.now();
      if (signal?.aborted === true) return { hang: null, interrupted: true };
      if (Atomics.load(words, C.STOP) !== 0 || dead.length > 0) return { hang: null, interrupted: false };
      const hang = watchdog.look(now);
      if (hang !== null) return { hang, interrupted: false };
      const isOver = now - opened >= forMs;
      if (isOver && !watchdog.isStalled(now, forMs)) return { hang: null, interrupted: false };
      this.awakeSum += Atomics.load(words, C.AWAKE);
      this.awakeSamples++;
      if (onProgress !== undefined) {
        let steps = 0;
        for (let cpu = 0; cpu < cpus; cpu++) steps += Atomics.load(words, C.cpuBlock(cpu) + C.STEPS);
        onProgress({ elapsedMs: now - opened, steps, cpus });
      }
      await sleep(isOver ? LOOK_MS : Math.min(LOOK_MS, Math.max(1, forMs - (now - opened))));
    }
  }

  /** Tells every CPU, wherever it runs or sleeps. */
  private stop(words: Int32Array, cpus: number): void {
    Atomics.store(words, C.STOP, 1);
    for (let cpu = 0; cpu < cpus; cpu++) {
      Atomics.or(words, C.cpuBlock(cpu) + C.ATTENTION, ATTEND_STOP);
      Atomics.notify(words, C.cpuBlock(cpu) + C.SLEEP);
      Atomics.notify(words, C.cpuBlock(cpu) + C.RUN);
    }
  }

  /** Waits for the reports; threads that do not come back are ended. Whether all came back. */
  private async settle(
    done: readonly Promise<void>[],
    threads: readonly Thread<StressApi>[],
    reports: readonly (CpuReport | null)[],
    dead: readonly string[],
  ): Promise<boolean> {
    const patience = STOP_MS + 10 * threads.length;
    await Promise.race([Promise.all(done), sleep(patience)]);
    const lost = threads.filter((_, id) => reports[id] === null);
    if (lost.length === 0 && dead.length === 0) return true;
    await Promise.all(lost.map((thread) => thread.worker.terminate()));
    await Promise.all(done);
    return false;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
