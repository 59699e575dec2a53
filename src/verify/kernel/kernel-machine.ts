import type { KernelProgram } from '../../kernel/kernel-program.js';
import { TABLE_PAGES } from '../../machine/ghost.js';
import * as H from '../../machine/hardware.js';
import { Machine } from '../../machine/machine.js';
import { OracleBoard } from '../../oracles/board.js';
import { isLatent, type LatentClass, type MemoryModel } from '../../vocabulary/violation.js';
import { Automaton } from '../automaton.js';
import type { MemoryBudget } from '../row-table.js';
import { Sequences } from '../sequences.js';
import { AutomatonCode } from './automaton-code.js';
import { CpuParts } from './cpu-parts.js';
import { kernelCode } from './local-kernel-cpu.js';
import { SharedWords } from './shared-words.js';

/**
 * The machine that hunts use, oracles and all, which can be put into any state that an execution has come to:
 * a state is the numbers of its shared words and of its CPUs. All that a step does, the machine does.
 */

export interface KernelBounds {
  /** Speculative walks and preemptions that the environment may begin. */
  readonly walks: number;
  readonly preemptions: number;
}

export interface KernelMachineOptions {
  /**
   * Words as the machine has them, whether they can make a difference or not: for tests of what is left out.
   */
  readonly isRaw?: boolean;
}

/** In the words beside the machine's. */
const WALKS_LEFT = 0;
const PREEMPTIONS_LEFT = 1;
const ORACLES = 2;
const EXTRA_WORDS = 3;

export class KernelMachine {
  readonly machine: Machine;
  readonly automaton: Automaton;
  readonly parts: CpuParts;
  readonly shared: SharedWords;
  /** Classes of latent violations that some step has met, with the sentence of the first. */
  readonly latent = new Map<LatentClass, string>();
  private readonly board: OracleBoard;
  private readonly extra = new Int32Array(EXTRA_WORDS);
  private readonly oracleStates: Sequences;
  private readonly oracleWords = new Int32Array(1 << 12);
  private oraclesLoaded = -1;

  constructor(
    program: KernelProgram,
    memory: MemoryModel,
    private readonly bounds: KernelBounds,
    budget: MemoryBudget,
    options: KernelMachineOptions = {},
  ) {
    const isRaw = options.isRaw === true;
    const automaton = new Automaton(kernelCode(program), budget);
    this.automaton = automaton;
    const codes: AutomatonCode[] = [];
    const continued: KernelProgram = Object.create(program, {
      continuation: {
        value: (cpu: Machine['cpus'][number]) => {
          codes[cpu.id] = new AutomatonCode(automaton, cpu);
          return codes[cpu.id];
        },
      },
    });
    this.machine = new Machine(continued, memory);
    this.board = new OracleBoard(this.machine, program.config);
    this.machine.observer = this.board;
    this.oracleStates = new Sequences(budget);
    const { scenario } = program.config;
    const tables = Math.ceil(scenario.pages / TABLE_PAGES);
    this.parts = new CpuParts(
      this.machine,
      automaton,
      codes,
      {
        isRaw,
        isSorted:
          !isRaw &&
          (scenario.slots + 1) * scenario.pages <= H.TLB_CAPACITY &&
          (scenario.slots + 1) * tables <= H.PSC_CAPACITY,
      },
      budget,
    );
    const { hardwareBase, hardwareWords, cpus, image } = program;
    this.shared = new SharedWords(
      this.machine.mem,
      image,
      [
        [0, hardwareBase],
        [hardwareBase + cpus * hardwareWords, image.length],
      ],
      this.extra,
      budget,
    );
  }

  get walksLeft(): number {
    return this.extra[WALKS_LEFT];
  }

  set walksLeft(left: number) {
    this.extra[WALKS_LEFT] = left;
  }

  get preemptionsLeft(): number {
    return this.extra[PREEMPTIONS_LEFT];
  }

  set preemptionsLeft(left: number) {
    this.extra[PREEMPTIONS_LEFT] = left;
  }

  /** Every CPU before its first operation; answers the state in `row`. */
  begin(row: Int32Array): void {
    this.changingAll();
    this.walksLeft = this.bounds.walks;
    this.preemptionsLeft = this.bounds.preemptions;
    this.machine.begin();
    this.save(row);
  }

  load(row: Int32Array): void {
    this.loadShared(row[0]);
    for (let cpu = 0; cpu < this.machine.cpus.length; cpu++) this.parts.load(row[cpu + 1]);
  }

  loadShared(memory: number): void {
    this.shared.load(memory);
    if (this.extra[ORACLES] === this.oraclesLoaded) return;
    const length = this.oracleStates.load(this.extra[ORACLES], this.oracleWords);
    this.board.restore(Array.from(this.oracleWords.subarray(0, length)));
    this.oraclesLoaded = this.extra[ORACLES];
  }

  save(row: Int32Array): void {
    row[0] = this.saveShared();
    for (let cpu = 0; cpu < this.machine.cpus.length; cpu++) row[cpu + 1] = this.parts.save(cpu);
  }

  saveShared(): number {
    const states = this.board.states();
    this.oracleWords.set(states);
    this.oraclesLoaded = this.oracleStates.intern(this.oracleWords, states.length);
    this.extra[ORACLES] = this.oraclesLoaded;
    return this.shared.save();
  }

  /** What was loaded of a CPU and of what all share is no longer what is there. */
  changing(cpu: number): void {
    this.shared.changing();
    this.oraclesLoaded = -1;
    this.parts.changing(cpu);
  }

  changingAll(): void {
    for (let cpu = 0; cpu < this.machine.cpus.length; cpu++) this.changing(cpu);
  }

  /** One step of an agent that can move. False: an oracle has something against it. */
  step(agent: number): boolean {
    const { machine, latent } = this;
    // No step has a number here, so that the step of a fill is none.
    machine.step = 0;
    machine.stepAgent(agent);
    for (const { class: name, message } of machine.latent)
      if (isLatent(name) && !latent.has(name)) latent.set(name, message);
    machine.latent.length = 0;
    const isFine = machine.violation === null;
    machine.violation = null;
    return isFine;
  }
}
