import * as H from '../machine/hardware.js';
import type { Program } from '../machine/program.js';
import { Cpu } from '../machine/stripped/cpu.js';
import { Stopped } from '../machine/stripped/host.js';
import { openWords, type SharedWords } from '../machine/stripped/locked.js';
import { Machine } from '../machine/stripped/machine.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import * as C from './control.js';
import { type HostSettings, ThreadHost } from './thread-host.js';

/** What every thread is told before a run. */
export interface ThreadSetup {
  readonly id: number;
  readonly memory: MemoryModel;
  readonly atomicStores: boolean;
  readonly settings: HostSettings;
  /** Simulated memory, with TAIL_WORDS more at its end; the image that it starts from; control words. */
  readonly mem: SharedWords;
  readonly image: SharedArrayBuffer;
  readonly control: SharedWords;
}

/** What a thread answers when its run is over. */
export interface CpuReport {
  readonly counters: readonly number[];
  readonly violation: { readonly class: string; readonly cpu: number; readonly message: string } | null;
  readonly latent: readonly { readonly class: string; readonly cpu: number; readonly message: string; readonly times: number }[];
  /** An error of the simulator itself, or of a user's code. */
  readonly error: string | null;
}

/** Words behind the image (see ThreadSetup.mem): CPUs at the barrier; how many times all have met there. */
const ARRIVED = 0;
const MEETINGS = 1;
/** The first of those that are left to who runs what. */
export const TAIL_OWN = 2;

/** One simulated CPU on its thread: what it works on, and how a run begins and ends. */
export abstract class ThreadCpu {
  protected readonly machine: Machine;
  protected readonly cpu: Cpu;
  protected readonly words: Int32Array;
  protected readonly mem: Int32Array;
  protected readonly image: Int32Array;
  /** First word behind the image. */
  protected readonly tail: number;
  private readonly host: ThreadHost;

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
    this.host = new ThreadHost(control, this.mem, mem.locked, setup.id, flag, setup.settings);
    this.machine = new Machine(program, setup.memory, this.mem, mem.locked, control, this.host, setup.atomicStores, setup.id);
    this.cpu = program.createCpu(this.machine as never, setup.id) as never;
  }

  /** Waits at the gate, runs until the run is over, answers what was seen. */
  run(): CpuReport {
    const { words, machine } = this;
    let error: string | null = null;
    try {
      Atomics.add(words, C.READY, 1);
      Atomics.notify(words, C.READY);
      while (Atomics.load(words, C.GATE) === 0) Atomics.wait(words, C.GATE, 0, 1000);
      this.host.attach(this.cpu);
      this.rounds();
    } catch (thrown) {
      if (!(thrown instanceof Stopped)) error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    }
    // Whatever ended this CPU ends the run: the others would wait for it.
    Atomics.store(words, C.STOP, 1);
    Atomics.notify(words, C.STOP);
    return { counters: this.counters(), violation: machine.violation, latent: [...machine.latent.values()], error };
  }

  /** Runs the script over and over; ends by a throw. */
  protected abstract rounds(): void;

  protected abstract counters(): number[];

  /**
   * The barrier, with interrupts served while a CPU waits. `last` is called by the CPU that arrives last, when all others have arrived and
   * none has gone on.
   */
  protected meet(last: () => void): void {
    const { cpu, mem, tail, setup } = this;
    // The words behind the image are none of the program's, and its own CPU may refuse them.
    const { incReturn, fetchAdd, condLoadAcquire } = Cpu.prototype;
    const meetings = Atomics.load(mem, tail + MEETINGS);
    const arrived = incReturn.call(cpu, tail + ARRIVED);
    if (arrived === setup.settings.cpus) {
      last();
      Atomics.store(mem, tail + ARRIVED, 0);
      fetchAdd.call(cpu, tail + MEETINGS, 1);
    } else condLoadAcquire.call(cpu, tail + MEETINGS, -1, meetings + 1);
  }
}
