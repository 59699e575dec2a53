import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { type KernelChoice, type KernelProgram, kernelProgram } from '../kernel/kernel-program.js';
import * as H from '../machine/hardware.js';
import type { Cpu } from '../machine/stripped/cpu.js';
import { Stopped } from '../machine/stripped/host.js';
import { openWords, type SharedWords } from '../machine/stripped/locked.js';
import { Machine } from '../machine/stripped/machine.js';
import type { MemoryModel } from '../machine/violation.js';
import type { Scenario } from '../scenarios/scenario.js';
import { findVariant } from '../variants/index.js';
import { alike } from './alike.js';
import * as C from './control.js';
import { StressBoard } from './stress-board.js';
import { type HostSettings, ThreadHost } from './thread-host.js';

/** What a thread is told before a run. */
export interface CpuSetup {
  readonly id: number;
  readonly variant: string;
  /** As it runs, replicated to the number of CPUs; of other CPUs' scripts only an outline (see own-part.ts). */
  readonly scenario: Scenario;
  readonly layoutKey: string;
  readonly memory: MemoryModel;
  readonly atomicStores: boolean;
  readonly settings: HostSettings;
  /** Simulated memory, with TAIL_WORDS more at its end; the image that it starts from; control words. */
  readonly mem: SharedWords;
  readonly image: SharedArrayBuffer;
  readonly control: SharedWords;
  /** Rounds of its script after which a CPU asks for a restart from the image. */
  readonly roundsPerRestart: number;
}

/** What a thread answers when its run is over. */
export interface CpuReport {
  readonly counters: readonly number[];
  readonly violation: { readonly class: string; readonly cpu: number; readonly message: string } | null;
  readonly latent: readonly { readonly class: string; readonly cpu: number; readonly message: string; readonly times: number }[];
  /** An error of the simulator itself. */
  readonly error: string | null;
}

/** The kernel of the last run: laying out that of 256 CPUs takes a while, and most runs are like the one before. */
let last: { readonly key: string; readonly program: KernelProgram } | null = null;

function programOf({ variant: name, layoutKey, scenario }: CpuSetup, variant: KernelChoice): KernelProgram {
  const key = `${name} ${layoutKey}`;
  if (last?.key !== key) last = { key, program: kernelProgram(scenario, variant) };
  return last.program;
}

/** Words behind the image (see CpuSetup.mem): CPUs at the barrier; how many restarts there were; 1: a restart is wanted. */
const ARRIVED = 0;
const RESTARTS = 1;
const WANTED = 2;

/**
 * One simulated CPU on its thread. Runs its script over and over: scripts are finite, a run is not. Where a round cannot simply follow the
 * last one (an mm of the start has exited), and before any counter comes near its end, all CPUs meet at a barrier, serving interrupts
 * while they wait; the last one copies the start image over the memory.
 */
export class SimCpu {
  private readonly program: KernelProgram;
  private readonly machine: Machine;
  private readonly cpu: Cpu;
  private readonly host: ThreadHost;
  private readonly board: StressBoard;
  private readonly words: Int32Array;
  private readonly mem: Int32Array;
  private readonly image: Int32Array;
  private readonly tail: number;

  constructor(private readonly setup: CpuSetup) {
    const variant = findVariant(setup.variant);
    if (variant === undefined) throw new Error(`no such variant: ${setup.variant}`);
    this.program = programOf(setup, variant);
    const mem = openWords(setup.mem);
    const words = openWords(setup.control);
    this.mem = mem.words;
    this.image = new Int32Array(setup.image);
    this.words = words.words;
    const control = C.machineControl(words.words, words.locked);
    this.tail = this.image.length;
    const flag = this.program.hardwareBase + setup.id * this.program.hardwareWords + H.IF;
    this.host = new ThreadHost(control, this.mem, mem.locked, setup.id, flag, setup.settings);
    this.machine = new Machine(this.program, setup.memory, this.mem, mem.locked, control, this.host, setup.atomicStores, setup.id);
    // The oracles are written against the explorer's machine, whose methods this one has.
    this.board = new StressBoard(this.machine as never, this.program.config);
    this.machine.observer = this.board;
    this.cpu = this.program.createCpu(this.machine as never, setup.id) as never;
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
    return { counters: [...this.board.counters.values], violation: machine.violation, latent: [...machine.latent.values()], error };
  }

  private rounds(): void {
    const { setup, cpu, words, mem, tail } = this;
    const kernelCpu = cpu as unknown as KernelCpu;
    const own = C.cpuBlock(setup.id);
    const script = alike(setup.scenario.scripts[setup.id]);
    if (script.length === 0) this.idle();
    for (let round = 1; ; round++) {
      for (let i = 0; i < script.length; i++) {
        // In this build a protocol function acts at once.
        kernelCpu.fn.runStep(kernelCpu, script[i]);
        words[own + C.STEPS]++;
      }
      words[own + C.LOOPS]++;
      if (round >= setup.roundsPerRestart) Atomics.store(mem, tail + WANTED, 1);
      if (mem[tail + WANTED] !== 0) {
        this.restart();
        round = 0;
      } else cpu.boundary();
    }
  }

  /** A CPU without a script serves interrupts; it takes part in no restart, so such a scenario has none. */
  private idle(): never {
    // Word 0 is the null page: it stays 0.
    this.cpu.condLoadAcquire(0, -1, 1);
    throw new Error('the null page was written');
  }

  /** The barrier. The last CPU to arrive finds all others waiting with interrupts on and nothing under way. */
  private restart(): void {
    const { cpu, mem, image, tail, machine, setup } = this;
    const restarts = Atomics.load(mem, tail + RESTARTS);
    const arrived = cpu.incReturn(tail + ARRIVED);
    if (arrived === setup.scenario.cpus) {
      mem.set(image);
      Atomics.store(mem, tail + ARRIVED, 0);
      Atomics.store(mem, tail + WANTED, 0);
      cpu.fetchAdd(tail + RESTARTS, 1);
    } else cpu.condLoadAcquire(tail + RESTARTS, -1, restarts + 1);
    machine.frames.reset();
    cpu.reset();
  }
}
