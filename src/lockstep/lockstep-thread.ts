import { type Decider, STOP } from '../drive/decider.js';
import { proceed } from '../drive/drive.js';
import { Schedule } from '../drive/schedule.js';
import { cpuOfAgent } from '../machine/agents.js';
import { Machine } from '../machine/machine.js';
import { OracleBoard } from '../oracles/board.js';
import { CSD_NOTES, csdReuse, lostAck } from '../oracles/csd.js';
import { oracles } from '../oracles/index.js';
import type { Definitions } from '../programs/definitions.js';
import { programOf, type Subject } from '../programs/subject.js';
import type { Answered } from '../seal/answered.js';
import type { MemoryModel, Violation } from '../vocabulary/violation.js';
import { loadProgress, saveProgress } from './progress.js';
import * as W from './turn-words.js';

/** What a thread of a lockstep run is told. */
export type LockstepSetup = Subject & {
  readonly cpu: number;
  readonly memory: MemoryModel;
  readonly decisions: Int32Array;
  readonly mem: SharedArrayBuffer;
  readonly words: SharedArrayBuffer;
};

/** What a thread of a lockstep run answers to. */
export interface LockstepApi {
  run(setup: LockstepSetup): Promise<Answered<LockstepReport>>;
}

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
 * One CPU of a lockstep run: the explorer's machine over shared memory, with the generators of this CPU only.
 * It waits for its turn, executes the decisions that are its own, one after the other, and passes the turn to
 * the CPU that the next one belongs to.
 */
export function runLockstep(setup: LockstepSetup, own: Definitions): LockstepReport {
  const { program, kernel } = programOf(setup, own);
  const machine = new Machine(program, setup.memory, new Int32Array(setup.mem));
  const words = new Int32Array(setup.words);
  const decisions = Schedule.of(setup.decisions);
  // What is judged from the events of several CPUs is judged after the run, from their log.
  if (kernel !== null) machine.observer = new LockstepBoard(machine, kernel.config, words);
  const decider = new TurnDecider(machine, setup.cpu, decisions, words);
  machine.choose = (n) => decider.choose(n);
  machine.reset();
  machine.start(machine.cpus[setup.cpu]);
  Atomics.add(words, W.STARTED, 1);
  proceed(machine, decider);
  decider.passOn();
  machine.refresh(setup.cpu);
  return {
    violation: machine.violation,
    latent: machine.latent,
    diverged: decider.diverged,
    finished: machine.cpus[setup.cpu].finished,
    canMove: machine.enabled.obligations > 0,
  };
}

/** The decisions that are one CPU's own, each stretch of them when the turn has come. */
class TurnDecider implements Decider {
  diverged: string | null = null;
  private hasTurn = false;
  private readonly progress: Int32Array;

  constructor(
    private readonly machine: Machine,
    private readonly cpu: number,
    private readonly decisions: Schedule,
    private readonly words: Int32Array,
  ) {
    this.progress = words.subarray(W.PROGRESS, W.EVENT_COUNT);
  }

  pick(machine: Machine): number {
    const { words, decisions } = this;
    while (this.hasTurn || this.awaitTurn()) {
      const agent = decisions.at(words[W.NEXT]);
      if (
        words[W.NEXT] < decisions.length &&
        this.diverged === null &&
        agent >= 0 &&
        cpuOfAgent(agent) === this.cpu
      ) {
        words[W.NEXT]++;
        if (machine.canStep(agent)) return agent;
        this.diverge(`the schedule moves an agent of CPU${this.cpu} that cannot move`);
      }
      this.passOn();
    }
    return STOP;
  }

  choose(n: number): number {
    const decision = this.decisions.at(this.words[W.NEXT]++);
    if (decision >= 0 || -1 - decision >= n)
      this.diverge(`a choice of ${n} is asked for that the schedule does not answer`);
    return Math.max(0, Math.min(n - 1, -1 - decision));
  }

  /**
   * Lets the CPU go on that the next decision belongs to, or ends the run. Whoever has no turn has nothing to
   * pass.
   */
  passOn(): void {
    if (!this.hasTurn) return;
    const { machine, words, decisions } = this;
    saveProgress(machine, this.progress);
    const next = decisions.at(words[W.NEXT]);
    const isOver = words[W.NEXT] >= decisions.length || machine.violation !== null || this.diverged !== null;
    if (!isOver && next < 0) this.diverge('the schedule answers a choice that was not asked for');
    words[W.TURNS]++;
    this.hasTurn = false;
    Atomics.store(words, W.TURN, isOver || next < 0 ? W.DONE : cpuOfAgent(next) + 1);
    Atomics.notify(words, W.TURN);
  }

  /** False: the run has ended. */
  private awaitTurn(): boolean {
    let turn = Atomics.load(this.words, W.TURN);
    while (turn !== this.cpu + 1 && turn !== W.DONE) {
      Atomics.wait(this.words, W.TURN, turn);
      turn = Atomics.load(this.words, W.TURN);
    }
    if (turn === W.DONE) return false;
    this.hasTurn = true;
    loadProgress(this.machine, this.progress);
    this.machine.refresh(this.cpu);
    return true;
  }

  private diverge(why: string): void {
    this.diverged ??= `step ${this.machine.step}: ${why}`;
  }
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
