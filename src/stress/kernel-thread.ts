import type { KernelFunctions } from '../kernel/functions.js';
import type { KernelCpu } from '../kernel/kernel-cpu.js';
import { type KernelChoice, type KernelProgram, kernelProgram } from '../kernel/kernel-program.js';
import type { Definitions } from '../programs/definitions.js';
import type { Answered } from '../seal/answered.js';
import { findVariant } from '../variants/index.js';
import type { Scenario } from '../vocabulary/scenario.js';
import { alike } from './alike.js';
import * as C from './control.js';
import { type CpuReport, CpuThread, TAIL_OWN, type ThreadSetup } from './cpu-thread.js';
import type { ProgramPart } from './program-thread.js';
import { countingTable, replacedNames } from './replaced-calls.js';
import { StressBoard } from './stress-board.js';

/** What a thread that runs the kernel is told beside what all are told. */
export interface KernelPart {
  readonly variant: string;
  /**
   * As it runs, replicated to the number of CPUs; of other CPUs' scripts only an outline (see own-part.ts).
   */
  readonly scenario: Scenario;
  readonly layoutKey: string;
  /** Rounds of its script after which a CPU asks for a restart from the image. */
  readonly roundsPerRestart: number;
}

export type CpuSetup = ThreadSetup & KernelPart;

/** What the thread of a simulated CPU answers to: it is set up, runs, and can be set up again. */
export interface StressApi {
  setUp(setup: ThreadSetup & (KernelPart | ProgramPart)): Promise<Answered<void>>;
  run(): Promise<CpuReport>;
}

/**
 * The kernel of the last run: laying out that of 256 CPUs takes a while, and most runs are like the one
 * before.
 */
let last: { readonly key: string; readonly program: KernelProgram } | null = null;

function programOf({ variant: name, layoutKey, scenario }: CpuSetup, variant: KernelChoice): KernelProgram {
  const key = `${name} ${layoutKey}`;
  if (last?.key !== key) last = { key, program: kernelProgram(scenario, variant) };
  return last.program;
}

/** Word behind the image: 1: a restart is wanted. */
const WANTED = TAIL_OWN;

/**
 * One simulated CPU on its thread. Runs its script over and over: scripts are finite, a run is not. Where a
 * round cannot simply follow the last one (an mm of the start has exited), and before any counter comes near
 * its end, all CPUs meet at a barrier; the last one copies the start image over the memory.
 */
export class KernelThread extends CpuThread {
  private readonly board: StressBoard;
  private readonly part: KernelPart;
  /** Calls of what a user's variant replaces, in the order of replacedNames. */
  private readonly replaced: readonly number[];

  constructor(setup: CpuSetup, own: Definitions) {
    const variant = findVariant(setup.variant, own.variants);
    if (variant === undefined) throw new Error(`no such variant: ${setup.variant}`);
    const program = programOf(setup, variant);
    super(setup, program);
    this.part = setup;
    const names = replacedNames(variant);
    const { table, calls } = countingTable(program.config.functions, names);
    // The table of this CPU alone; one that replaces nothing runs the kernel's own.
    if (names.length > 0) (this.cpu as unknown as { fn: KernelFunctions }).fn = table;
    this.replaced = calls;
    this.board = new StressBoard(this.machine, program.config);
    this.machine.observer = this.board;
  }

  protected counters(): number[] {
    return [...this.board.counters.values];
  }

  protected override replacedCalls(): readonly number[] {
    return this.replaced;
  }

  protected rounds(): void {
    const { setup, part, cpu, words, mem, tail } = this;
    const kernelCpu = cpu as unknown as KernelCpu;
    const own = C.cpuBlock(setup.id);
    const script = alike(part.scenario.scripts[setup.id]);
    if (script.length === 0) this.idle();
    for (let round = 1; ; round++) {
      for (let i = 0; i < script.length; i++) {
        // In this build a protocol function acts at once.
        kernelCpu.fn.runStep(kernelCpu, script[i]);
        words[own + C.STEPS]++;
      }
      words[own + C.LOOPS]++;
      if (round >= part.roundsPerRestart) this.wantRestart();
      if (Atomics.load(mem, tail + WANTED) !== 0) {
        this.restart();
        round = 0;
      } else cpu.boundary();
    }
  }

  /** A CPU without a script serves interrupts until others want a restart. */
  private idle(): never {
    const { cpu, runner, mem, setup } = this;
    const wanted = this.tail + WANTED;
    for (;;) {
      while (Atomics.load(mem, wanted) === 0) {
        runner.wait(setup.id, wanted, -1, 1, false);
        cpu.boundary();
      }
      this.restart();
    }
  }

  private wantRestart(): void {
    Atomics.store(this.mem, this.tail + WANTED, 1);
    this.runner.changed(this.setup.id, this.tail + WANTED);
  }

  private restart(): void {
    const { cpu, mem, image, tail, machine, board } = this;
    this.meet(
      () => {
        mem.set(image);
        Atomics.store(mem, tail + WANTED, 0);
      },
      () => {
        machine.frames.reset();
        cpu.reset();
        board.begin();
      },
    );
  }
}
