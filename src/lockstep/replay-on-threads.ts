import { type Modules, NO_MODULES } from '../bundle/modules.js';
import { follow } from '../drive/recorded.js';
import { decodeSchedule } from '../drive/schedule.js';
import { hex } from '../explore/hex.js';
import { cpuOfAgent } from '../machine/agents.js';
import { Machine } from '../machine/machine.js';
import { watch } from '../oracles/board.js';
import { programOf, type Subject } from '../programs/subject.js';
import { Threads } from '../stress/workers.js';
import { InfrastructureError } from '../vocabulary/errors.js';
import { type Finding, isProgramFinding } from '../vocabulary/finding.js';
import { type MemoryModel, type Violation, withoutFacts } from '../vocabulary/violation.js';
import type { LockstepResult } from './api.js';
import { judgeCsds } from './judge-csds.js';
import type { LockstepApi, LockstepReport } from './lockstep-thread.js';
import { saveProgress } from './progress.js';
import * as W from './turn-words.js';

/** A schedule to be followed. */
export type LockstepRun = Subject & {
  readonly memory: MemoryModel;
  readonly decisions: readonly number[];
};

/** Milliseconds that a schedule may take before its threads are taken for lost. */
const PATIENCE_MS = 60_000;

/** Follows schedules on one thread per CPU; the threads stay for the next one. */
export class LockstepEngine {
  private readonly pool: Threads<LockstepApi>;

  /** `modules`: users' modules, whose variants and programs may be asked for. */
  constructor(private readonly modules: Modules = NO_MODULES) {
    this.pool = new Threads('lockstep-thread', false, modules);
  }

  /**
   * Follows the schedule on threads and on one thread, and compares. Throws InfrastructureError when a thread
   * dies.
   */
  async run(run: LockstepRun): Promise<LockstepResult> {
    const { memory, decisions } = run;
    const { program, kernel } = programOf(run, this.modules);
    const expected = new Machine(program, memory);
    watch(expected, kernel);
    const expectedDiverged = follow(expected, decisions);

    const buffers = {
      mem: new SharedArrayBuffer(4 * program.image.length),
      words: new SharedArrayBuffer(4 * W.lockstepWords(decisions.length)),
    };
    const mem = new Int32Array(buffers.mem);
    mem.set(program.image);
    const words = new Int32Array(buffers.words);
    const fresh = new Machine(program, memory);
    fresh.reset();
    saveProgress(fresh, words.subarray(W.PROGRESS, W.EVENT_COUNT));
    const threads = await this.pool.take(program.cpus);
    const setup = { ...run, decisions: Int32Array.from(decisions), ...buffers };
    const runs = threads.map((thread, cpu) => this.pool.call(thread, thread.api.run({ ...setup, cpu })));
    // As in explore, every CPU comes before its first operation before anybody moves.
    const started = async (): Promise<void> => {
      while (Atomics.load(words, W.STARTED) < threads.length)
        await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await Promise.race([started(), Promise.all(runs), lost()]);
    const first = decisions.length > 0 && decisions[0] >= 0 ? cpuOfAgent(decisions[0]) + 1 : W.DONE;
    Atomics.store(words, W.TURN, first);
    Atomics.notify(words, W.TURN);
    const reports = (await Promise.race([Promise.all(runs), lost()])) as LockstepReport[];

    const progress = words.subarray(W.PROGRESS, W.EVENT_COUNT);
    const diverged = reports.map((report) => report.diverged).find((reason) => reason !== null) ?? null;
    const seen = reports.flatMap(({ violation }) => violation ?? []);
    const violation = earliest(
      [...seen, ...(kernel === null ? [] : judgeCsds(kernel, words))].map(withoutFacts),
    );
    const steps = progress[0];
    const traceHash = hex(progress[2]);
    const reason = difference(expected, expectedDiverged ?? null, {
      diverged,
      violation,
      steps,
      traceHash,
      mem,
    });
    return {
      threads: program.cpus,
      agrees: reason === null,
      reason,
      violation,
      steps,
      traceHash,
      turns: words[W.TURNS],
    };
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

/** Replays a finding in lockstep. `modules`: those that it is of. */
export async function replayOnThreads(
  finding: Finding,
  modules: Modules = NO_MODULES,
): Promise<LockstepResult> {
  const engine = new LockstepEngine(modules);
  try {
    const { memory } = finding;
    const subject = isProgramFinding(finding)
      ? { program: finding.program }
      : { variant: finding.variant, scenario: finding.scenario };
    return await engine.run({ ...subject, memory, decisions: decodeSchedule(finding.schedule) });
  } finally {
    await engine.close();
  }
}

interface Seen {
  readonly diverged: string | null;
  readonly violation: Violation | null;
  readonly steps: number;
  readonly traceHash: string;
  readonly mem: Int32Array;
}

function difference(expected: Machine, expectedDiverged: string | null, seen: Seen): string | null {
  if (expectedDiverged !== seen.diverged && (expectedDiverged === null || seen.diverged === null)) {
    return (
      seen.diverged ?? `one thread could not follow the schedule (${expectedDiverged}), the threads could`
    );
  }
  if (seen.steps !== expected.step)
    return `the threads took ${seen.steps} steps, one thread ${expected.step}`;
  if (seen.traceHash !== hex(expected.hash))
    return `the trace hash is ${seen.traceHash} on threads, ${hex(expected.hash)} on one`;
  const word = expected.mem.findIndex((value, address) => value !== seen.mem[address]);
  if (word >= 0)
    return (
      `${expected.program.layout.nameOf(word)} is ${seen.mem[word]} on threads, ` +
      `${expected.mem[word]} on one`
    );
  const names = [seen.violation, expected.violation].map((violation) =>
    violation === null ? 'none' : `${violation.class} at step ${violation.step}`,
  );
  return names[0] === names[1] ? null : `the violation is ${names[0]} on threads, ${names[1]} on one`;
}

function earliest(violations: readonly Violation[]): Violation | null {
  return violations.reduce<Violation | null>(
    (first, seen) => (first === null || seen.step < first.step ? seen : first),
    null,
  );
}

function lost(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new InfrastructureError('a thread of the lockstep run does not answer')),
      PATIENCE_MS,
    ).unref();
  });
}
