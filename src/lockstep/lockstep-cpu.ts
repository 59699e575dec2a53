import { Schedule } from '../explore/schedule.js';
import { programOf, type Subject } from '../explore/subject.js';
import { cpuOfAgent } from '../machine/enabled-set.js';
import { Machine } from '../machine/machine.js';
import type { MemoryModel, Violation } from '../machine/violation.js';
import { OracleBoard } from '../oracles/board.js';
import { CSD_NOTES, csdReuse, lostAck } from '../oracles/csd.js';
import { oracles } from '../oracles/index.js';
import * as W from './words.js';

/** What a thread of a lockstep run is told. */
export type LockstepSetup = Subject & {
  readonly cpu: number;
  readonly memory: MemoryModel;
  readonly decisions: Int32Array;
  readonly mem: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
};

/** What it answers when the schedule has ended. */
export interface LockstepReport {
  readonly violation: Violation | null;
  readonly latent: readonly Violation[];
  readonly diverged: string | null;
  readonly finished: boolean;
  /** Whether this CPU, its buffer or its interrupt line can still move. */
  readonly canMove: boolean;
}

/**
 * One CPU of a lockstep run: the explorer's machine over shared memory, with the generators of this CPU only. It waits for its turn,
 * executes the decisions that are its own, one after the other, and passes the turn to the CPU that the next one belongs to.
 */
export function runLockstep(setup: LockstepSetup): LockstepReport {
  const { program, kernel } = programOf(setup);
  const machine = new Machine(program, setup.memory, new Int32Array(setup.mem));
  const words = new Int32Array(setup.words);
  const decisions = Schedule.of(setup.decisions);
  // What is judged from the events of several CPUs is judged after the run, from their log.
  if (kernel !== null) machine.observer = new LockstepBoard(machine, kernel.config, words);
  let diverged: string | null = null;
  machine.choose = (n) => {
    const decision = decisions.at(words[W.NEXT]++);
    if (decision >= 0 || -1 - decision >= n)
      diverged ??= `step ${machine.step}: a choice of ${n} is asked for that the schedule does not answer`;
    return Math.max(0, Math.min(n - 1, -1 - decision));
  };
  const progress = words.subarray(W.PROGRESS, W.EVENT_COUNT);
  machine.reset();
  machine.start(machine.cpus[setup.cpu]);
  Atomics.add(words, W.STARTED, 1);

  for (;;) {
    let turn = Atomics.load(words, W.TURN);
    while (turn !== setup.cpu + 1 && turn !== W.DONE) {
      Atomics.wait(words, W.TURN, turn);
      turn = Atomics.load(words, W.TURN);
    }
    if (turn === W.DONE) break;
    machine.loadProgress(progress);
    machine.refresh(setup.cpu);
    while (words[W.NEXT] < decisions.length && machine.violation === null && diverged === null) {
      const agent = decisions.at(words[W.NEXT]);
      if (agent < 0 || cpuOfAgent(agent) !== setup.cpu) break;
      words[W.NEXT]++;
      if (machine.canStep(agent)) machine.stepAgent(agent);
      else diverged = `step ${machine.step}: the schedule moves an agent of CPU${setup.cpu} that cannot move`;
    }
    machine.saveProgress(progress);
    const next = decisions.at(words[W.NEXT]);
    const over = words[W.NEXT] >= decisions.length || machine.violation !== null || diverged !== null || next < 0;
    if (next < 0 && !over) diverged = `step ${machine.step}: the schedule answers a choice that was not asked for`;
    words[W.TURNS]++;
    Atomics.store(words, W.TURN, over ? W.DONE : cpuOfAgent(next) + 1);
    Atomics.notify(words, W.TURN);
  }
  machine.refresh(setup.cpu);
  return {
    violation: machine.violation,
    latent: machine.latent,
    diverged,
    finished: machine.cpus[setup.cpu].finished,
    canMove: machine.enabled.obligations > 0,
  };
}

/** All oracles but those of the csds, whose events are logged. */
class LockstepBoard extends OracleBoard {
  private readonly of: Machine;

  constructor(
    machine: Machine,
    kernel: ConstructorParameters<typeof OracleBoard>[1],
    private readonly words: Int32Array,
  ) {
    super(
      machine,
      kernel,
      oracles.filter((oracle) => oracle !== csdReuse && oracle !== lostAck),
    );
    this.of = machine;
  }

  override event(cpu: number, kind: number, a: number, b: number): void {
    super.event(cpu, kind, a, b);
    if (!CSD_NOTES.has(kind)) return;
    const at = W.EVENTS + this.words[W.EVENT_COUNT]++ * W.EVENT_WORDS;
    this.words.set([this.of.step, cpu, kind, a], at);
  }
}
