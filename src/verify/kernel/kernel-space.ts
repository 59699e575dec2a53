import type { KernelProgram } from '../../kernel/kernel-program.js';
import { agentOf, CPU_AGENT, cpuOfAgent } from '../../machine/agents.js';
import type { MemoryModel } from '../../vocabulary/violation.js';
import type { RecordReader, RecordWriter } from '../checkpoint/records.js';
import { Choices } from '../choices.js';
import {
  ENTRY_DUE,
  ENTRY_MOVES,
  MOVE_AFTER,
  MOVE_AGENT,
  MOVE_COMPONENT,
  MOVE_MEMORY,
  MOVE_OUTCOME,
  MOVE_WORDS,
  Moves,
} from '../moves.js';
import type { MemoryBudget } from '../row-table.js';
import { type End, FINE, type Space, VIOLATION } from '../space.js';
import type { Footprints } from './footprints.js';
import { type KernelBounds, KernelMachine } from './kernel-machine.js';
import { KernelMover } from './kernel-mover.js';

/** The states of a kernel in a scenario: the number of its shared words, and one for each CPU. */

export interface KernelSpaceOptions {
  /** See KernelMachineOptions. */
  readonly isRaw?: boolean;
  /** Nothing that a CPU does is remembered for other states: for tests of what is. */
  readonly isWhole?: boolean;
  /** See KernelMachineOptions. */
  readonly footprints?: Footprints;
}

/** A move that was executed in the whole opened state. */
interface WholeMove {
  readonly agent: number;
  readonly answers: readonly number[];
  readonly outcome: number;
  readonly row: Int32Array;
  readonly after: number;
}

export class KernelSpace implements Space {
  readonly cpus: number;
  readonly width: number;
  readonly kernel: KernelMachine;
  private readonly mover: KernelMover;
  private readonly moves: Moves;
  private readonly opened: Int32Array;
  private readonly entries: Int32Array;
  /** By CPU: moves of those before it; then those that are executed in the whole state. */
  private readonly before: Int32Array;
  private whole: WholeMove[] = [];
  private due = 0;
  private readonly choices = new Choices();

  constructor(
    program: KernelProgram,
    memory: MemoryModel,
    bounds: KernelBounds,
    budget: MemoryBudget,
    options: KernelSpaceOptions = {},
  ) {
    this.cpus = program.cpus;
    this.width = program.cpus + 1;
    this.kernel = new KernelMachine(program, memory, bounds, budget, options);
    this.mover = new KernelMover(this.kernel, options.isWhole === true);
    this.moves = new Moves(this.mover, budget);
    this.opened = new Int32Array(this.width);
    this.entries = new Int32Array(program.cpus);
    this.before = new Int32Array(program.cpus + 1);
  }

  get localStates(): number {
    return this.kernel.automaton.states;
  }

  get memories(): number {
    return this.kernel.shared.table.count;
  }

  /** Pairs of shared words and CPU whose moves were worked out. */
  get pairs(): number {
    return this.moves.count;
  }

  begin(first: (row: Int32Array, answers: readonly number[], outcome: number) => void): void {
    const { kernel, choices } = this;
    const row = new Int32Array(this.width);
    kernel.machine.choose = (n) => choices.next(n);
    choices.begin();
    do {
      kernel.begin(row);
      first(row, choices.answers(), kernel.machine.violation === null ? FINE : VIOLATION);
    } while (choices.another());
  }

  keep(to: RecordWriter): void {
    this.kernel.keep(to);
    this.moves.keep(to);
  }

  restore(from: RecordReader): void {
    this.kernel.restore(from);
    this.moves.restore(from);
    // The machine itself has not begun yet.
    this.begin(() => undefined);
  }

  open(rows: Int32Array, at: number): number {
    const { cpus, opened, entries, before, moves } = this;
    for (let i = 0; i <= cpus; i++) opened[i] = rows[at + i];
    let count = 0;
    this.due = 0;
    if (this.whole.length > 0) this.whole = [];
    for (let cpu = 0; cpu < cpus; cpu++) {
      before[cpu] = count;
      const entry = moves.of(opened[0], opened[cpu + 1]);
      entries[cpu] = entry;
      count += moves.pool[entry];
      this.due += moves.pool[entry + ENTRY_DUE];
    }
    before[cpus] = count;
    for (let cpu = 0; cpu < cpus; cpu++)
      if (this.mover.needsWhole(opened[cpu + 1])) this.executeWhole(agentOf(cpu, CPU_AGENT));
    this.due += this.whole.length;
    return count + this.whole.length;
  }

  follow(k: number, row: Int32Array): number {
    const { cpus, opened, before } = this;
    if (k >= before[cpus]) {
      const move = this.whole[k - before[cpus]];
      row.set(move.row);
      return move.outcome;
    }
    const { pool } = this.moves;
    const cpu = this.cpuOf(k);
    const move = this.place(cpu, k);
    for (let i = 0; i <= cpus; i++) row[i] = opened[i];
    row[0] = pool[move + MOVE_MEMORY];
    row[cpu + 1] = pool[move + MOVE_COMPONENT];
    return pool[move + MOVE_OUTCOME];
  }

  agent(k: number): number {
    if (k >= this.before[this.cpus]) return this.whole[k - this.before[this.cpus]].agent;
    const cpu = this.cpuOf(k);
    return agentOf(cpu, this.moves.pool[this.place(cpu, k) + MOVE_AGENT]);
  }

  answers(k: number): readonly number[] {
    if (k >= this.before[this.cpus]) return this.whole[k - this.before[this.cpus]].answers;
    return this.moves.answersOf(this.place(this.cpuOf(k), k));
  }

  after(k: number): number {
    if (k >= this.before[this.cpus]) return this.whole[k - this.before[this.cpus]].after;
    return this.moves.pool[this.place(this.cpuOf(k), k) + MOVE_AFTER];
  }

  end(): End {
    if (this.due > 0) return 'none';
    for (let cpu = 0; cpu < this.cpus; cpu++)
      if (!this.kernel.parts.isFinished(this.opened[cpu + 1])) return 'stuck';
    this.kernel.load(this.opened);
    const { machine } = this.kernel;
    return machine.program.check(machine) === null ? 'finished' : 'wrong';
  }

  words(row: Int32Array): Int32Array {
    this.kernel.load(row);
    return this.kernel.machine.mem.slice();
  }

  /** All ways of an operation that looks at other CPUs. */
  private executeWhole(agent: number): void {
    const { kernel, opened, choices } = this;
    const { machine } = kernel;
    machine.choose = (n) => choices.next(n);
    choices.begin();
    do {
      kernel.load(opened);
      for (let cpu = 0; cpu < this.cpus; cpu++) machine.refresh(cpu);
      if (!machine.enabled.has(agent)) return;
      kernel.changingAll();
      const outcome = kernel.step(agent) ? FINE : VIOLATION;
      const after = outcome === FINE ? kernel.runLocalSteps(cpuOfAgent(agent)) : 0;
      const row = new Int32Array(this.width);
      kernel.save(row);
      this.whole.push({ agent, answers: choices.answers(), outcome, row, after });
    } while (choices.another());
  }

  private cpuOf(k: number): number {
    let cpu = 0;
    while (this.before[cpu + 1] <= k) cpu++;
    return cpu;
  }

  private place(cpu: number, k: number): number {
    return this.entries[cpu] + ENTRY_MOVES + (k - this.before[cpu]) * MOVE_WORDS;
  }
}
