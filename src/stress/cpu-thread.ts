import * as H from '../machine/hardware.js';
import type { Program } from '../machine/program.js';
import type { Cpu } from '../machine/stripped/cpu.js';
import { openWords, type SharedWords } from '../machine/stripped/locked.js';
import { Machine, type SeenViolation } from '../machine/stripped/machine.js';
import { ATTEND_IPI, ATTEND_NMI, ATTEND_REQUEST, Stopped } from '../machine/stripped/runner.js';
import { stripped } from '../machine/stripped/stripped-program.js';
import { thrownOf } from '../seal/thrown.js';
import type { ThrownError } from '../vocabulary/told.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import * as C from './control.js';
import { type RunnerSettings, ThreadRunner } from './thread-runner.js';

/** What every thread is told before a run. */
export interface ThreadSetup {
  readonly id: number;
  readonly memory: MemoryModel;
  readonly atomicStores: boolean;
  readonly settings: RunnerSettings;
  /** Simulated memory, with TAIL_WORDS more at its end; the image that it starts from; control words. */
  readonly mem: SharedWords;
  readonly image: SharedArrayBuffer;
  readonly control: SharedWords;
}

/** What a thread answers when its run is over. */
export interface CpuReport {
  readonly counters: readonly number[];
  /** Calls of each function that a user's variant replaces. */
  readonly replaced: readonly number[];
  readonly violation: SeenViolation | null;
  readonly latent: readonly SeenViolation[];
  /** An error of the simulator itself, or of a user's code. */
  readonly error: ThrownError | null;
}

/** Looks of the last CPU at the barrier for what is still under way before it lets others have the core. */
const LOOKS = 200;

/** Words behind the image (see ThreadSetup.mem): CPUs at the barrier; how many times all have met there. */
const ARRIVED = 0;
const MEETINGS = 1;
/** The first of those that are left to who runs what. */
export const TAIL_OWN = 2;

/** One simulated CPU on its thread: what it works on, and how a run begins and ends. */
export abstract class CpuThread {
  protected readonly machine: Machine;
  protected readonly cpu: Cpu;
  protected readonly words: Int32Array;
  protected readonly mem: Int32Array;
  protected readonly image: Int32Array;
  /** First word behind the image. */
  protected readonly tail: number;
  protected readonly runner: ThreadRunner;

  constructor(
    protected readonly setup: ThreadSetup,
    program: Program,
  ) {
    const mem = openWords(setup.mem);
    const words = openWords(setup.control);
    this.mem = mem.words;
    this.image = new Int32Array(setup.image);
    this.words = words.words;
    const control = C.machineControl(words.words, words.locked);
    this.tail = this.image.length;
    const flag = program.hardwareBase + setup.id * program.hardwareWords + H.IF;
    this.runner = new ThreadRunner(control, this.mem, mem.locked, setup.id, flag, setup.settings);
    this.machine = new Machine(
      program,
      setup.memory,
      this.mem,
      mem.locked,
      control,
      this.runner,
      setup.atomicStores,
      setup.id,
    );
    this.cpu = stripped(program).createCpu(this.machine, setup.id);
  }

  /** Waits at the gate, runs until the run is over, answers what was seen. */
  run(): CpuReport {
    const { words, machine } = this;
    let error: ThrownError | null = null;
    try {
      Atomics.add(words, C.READY, 1);
      Atomics.notify(words, C.READY);
      while (Atomics.load(words, C.GATE) === 0) Atomics.wait(words, C.GATE, 0, 1000);
      this.runner.attach(this.cpu);
      this.rounds();
    } catch (thrown) {
      if (!(thrown instanceof Stopped)) error = thrownOf(thrown);
    }
    // Whatever ended this CPU ends the run: the others would wait for it.
    Atomics.store(words, C.STOP, 1);
    Atomics.notify(words, C.STOP);
    return {
      counters: this.counters(),
      replaced: this.replacedCalls(),
      violation: machine.violation,
      latent: [...machine.latent.values()],
      error,
    };
  }

  /** Runs the script over and over; ends by a throw. */
  protected abstract rounds(): void;

  protected abstract counters(): number[];

  protected replacedCalls(): readonly number[] {
    return [];
  }

  /**
   * The end of a round: all CPUs meet, and attend to what others ask of them while they wait. `last` is
   * called by the CPU that arrives last once nothing is under way any more: no interrupt or flush is pending,
   * no handler runs, what they stored is in memory. No CPU goes on before `last` has returned, nor attends to
   * anything before it has begun the next round (`fresh`): what it kept for itself of the last one does not
   * belong to the memory that it finds now.
   */
  protected meet(last: () => void, fresh: () => void): void {
    const { machine, tail, setup } = this;
    const { locked } = machine;
    const meetings = locked.load(tail + MEETINGS);
    this.cpu.boundary();
    // Locked: what this CPU stored is in memory before it is counted.
    const arrived = locked.add(tail + ARRIVED, 1) + 1;
    if (arrived === setup.settings.cpus) {
      this.untilQuiet();
      last();
      this.dropInterrupts();
      locked.exchange(tail + ARRIVED, 0);
      locked.add(tail + MEETINGS, 1);
      this.runner.changed(setup.id, tail + MEETINGS);
    } else this.waitAtBarrier(meetings);
    fresh();
  }

  /** Without boundaries: a walk or a preemption that began here would end in the next round. */
  private waitAtBarrier(meetings: number): void {
    const { cpu, runner, machine, tail, setup, words } = this;
    const own = C.cpuBlock(setup.id);
    const waitedUs = words[own + C.WAITED_US];
    const isOver = (): boolean => machine.locked.load(tail + MEETINGS) !== meetings;
    while (!isOver()) {
      runner.wait(setup.id, tail + MEETINGS, -1, meetings + 1, false);
      cpu.serve(isOver);
    }
    // Who waits for the others' round to end is ahead of them.
    words[own + C.WAITED_US] = waitedUs;
  }

  private untilQuiet(): void {
    for (let look = 1; !this.isQuiet(); look++) {
      this.cpu.serve(() => false);
      // Whoever still runs a handler may want this core, or this CPU's token.
      if (look % LOOKS === 0 || this.setup.settings.waiting === 'token') this.runner.pause();
    }
  }

  /**
   * Whether nothing is under way, asked by the last CPU to arrive. A CPU that waits at the barrier acts only
   * on a bit of its attention word, and its activity word is odd before it takes that bit and until it is
   * done. Words that are even and equal in two looks, and no bit between them: in that moment nobody acted
   * and nobody had a reason to, and only those who act give others one.
   */
  private isQuiet(): boolean {
    const { words, setup } = this;
    const { cpus } = setup.settings;
    let sum = 0;
    for (let cpu = 0; cpu < cpus; cpu++) {
      const activity = Atomics.load(words, C.cpuBlock(cpu) + C.ACTIVITY);
      if ((activity & 1) !== 0) return false;
      sum = (sum + activity) | 0;
    }
    for (let cpu = 0; cpu < cpus; cpu++) if (this.isAsked(cpu)) return false;
    // The words only grow: their sum is the same if each of them is.
    for (let cpu = 0; cpu < cpus; cpu++) sum = (sum - Atomics.load(words, C.cpuBlock(cpu) + C.ACTIVITY)) | 0;
    return sum === 0;
  }

  /**
   * Whether the CPU has been asked for something that it attends to: with interrupts off, at the end of its
   * script, an IPI is none.
   */
  private isAsked(cpu: number): boolean {
    const attention = Atomics.load(this.words, C.cpuBlock(cpu) + C.ATTENTION);
    const asked = ATTEND_NMI | ATTEND_REQUEST | (this.machine.interruptsOn(cpu) ? ATTEND_IPI : 0);
    return (attention & asked) !== 0;
  }

  /** What a CPU that ended its script with interrupts off never took is gone with the round. */
  private dropInterrupts(): void {
    const { cpus } = this.setup.settings;
    for (let cpu = 0; cpu < cpus; cpu++) Atomics.and(this.words, C.cpuBlock(cpu) + C.ATTENTION, ~ATTEND_IPI);
  }
}
