import type { KernelProgram } from '../../kernel/kernel-program.js';
import {
  agentOf,
  BUFFER_AGENT,
  CPU_AGENT,
  cpuOfAgent,
  kindOfAgent,
  LINE_AGENT,
} from '../../machine/agents.js';
import { TABLE_PAGES } from '../../machine/ghost.js';
import * as H from '../../machine/hardware.js';
import { Machine } from '../../machine/machine.js';
import * as K from '../../machine/op-kinds.js';
import { OracleBoard } from '../../oracles/board.js';
import { isLatent, type LatentClass, type MemoryModel } from '../../vocabulary/violation.js';
import { Automaton } from '../automaton.js';
import type { Keepable, RecordReader, RecordWriter } from '../checkpoint/records.js';
import type { MemoryBudget } from '../row-table.js';
import { Sequences } from '../sequences.js';
import { AutomatonCode } from './automaton-code.js';
import { CpuParts } from './cpu-parts.js';
import { CPUS_MAX, type Footprints, OTHERS } from './footprints.js';
import { kernelCode } from './local-kernel-cpu.js';
import { LocalSteps } from './local-steps.js';
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
  /** What is known of who changes what; absent: every step is one of its own. */
  readonly footprints?: Footprints;
}

/** Of local steps at once: a cycle of them has a state that is stored. */
const LOCAL_STEPS_MAX = 256;

/** In the words beside the machine's. */
const WALKS_LEFT = 0;
const PREEMPTIONS_LEFT = 1;
const ORACLES = 2;
const EXTRA_WORDS = 3;

export class KernelMachine implements Keepable {
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
  /** It is known which words the newest step has changed. */
  private isNoted = false;
  private readonly footprints: Footprints | null;
  private readonly localSteps: LocalSteps | null;

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
    const { footprints = null } = options;
    this.footprints = program.cpus <= CPUS_MAX ? footprints : null;
    this.localSteps =
      this.footprints === null ? null : new LocalSteps(this.machine, automaton, codes, this.footprints);
    for (const code of codes) code.onHandlerPoke = (word) => this.footprints?.handlerStores(word);
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
    return this.shared.save(this.isNoted);
  }

  keep(to: RecordWriter): void {
    to.value([...this.latent]);
    for (const part of this.keepables()) part.keep(to);
  }

  restore(from: RecordReader): void {
    for (const [name, message] of from.value<readonly (readonly [LatentClass, string])[]>())
      this.latent.set(name, message);
    for (const part of this.keepables()) part.restore(from);
    this.oraclesLoaded = -1;
  }

  private keepables(): Keepable[] {
    const { automaton, parts, shared, oracleStates, footprints } = this;
    return [automaton, parts, shared, oracleStates, ...(footprints === null ? [] : [footprints])];
  }

  /** What was loaded of a CPU and of what all share is no longer what is there. */
  changing(cpu: number): void {
    this.shared.changing();
    this.isNoted = false;
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
    const { depth, pending } = machine.cpus[cpuOfAgent(agent)];
    const [wasHandler, kind] = [depth > 0, pending.kind];
    machine.stepAgent(agent);
    for (const { class: name, message } of machine.latent)
      if (isLatent(name) && !latent.has(name)) latent.set(name, message);
    machine.latent.length = 0;
    const isFine = machine.violation === null;
    machine.violation = null;
    this.noteFootprints(agent, wasHandler, kind);
    return isFine;
  }

  /** Executes the local steps that come next; answers how many. */
  runLocalSteps(cpu: number): number {
    const { localSteps, machine } = this;
    if (localSteps === null) return 0;
    const agent = agentOf(cpu, CPU_AGENT);
    let steps = 0;
    for (; steps < LOCAL_STEPS_MAX && localSteps.isNext(cpu); steps++) machine.stepAgent(agent);
    if (machine.violation !== null) throw new Error(`a local step of CPU${cpu} goes wrong`);
    if (steps > 0 && machine.cpus[cpu].depth > 0) this.noteHandlersStores(cpu);
    return steps;
  }

  /** Who has changed what, by the newest step. */
  private noteFootprints(agent: number, wasHandler: boolean, operation: number): void {
    const { footprints, machine, shared } = this;
    if (footprints === null) return;
    const id = cpuOfAgent(agent);
    const kind = kindOfAgent(agent);
    const isOwn = kind === CPU_AGENT || kind === BUFFER_AGENT || kind === LINE_AGENT;
    const isHandler = kind === CPU_AGENT && (wasHandler || machine.cpus[id].depth > 0);
    this.isNoted = true;
    shared.changes((word) => {
      footprints.changed(isOwn ? id : OTHERS, word);
      if (isHandler) footprints.handlerStores(word);
    });
    if (kind === CPU_AGENT && operation === K.OP_SEND_NMI) footprints.nmiSent();
    if (isHandler) this.noteHandlersStores(id);
  }

  /** An interrupt has drained the buffer: what is in it while the handler runs is the handler's. */
  private noteHandlersStores(cpu: number): void {
    const { footprints, machine } = this;
    const { mem } = machine;
    const block = machine.block(cpu);
    for (let i = 0; i < mem[block + H.SB_COUNT]; i++) {
      const at = block + H.SB_BASE + ((mem[block + H.SB_HEAD] + i) % H.SB_DEPTH) * H.SB_WORDS;
      footprints?.handlerStores(mem[at + H.SB_ADDRESS]);
    }
  }
}
