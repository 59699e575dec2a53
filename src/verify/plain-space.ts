import { agentOf } from '../machine/agents.js';
import type { PlainProgram } from '../programs/plain-program.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import { Automaton, END } from './automaton.js';
import type { RecordReader, RecordWriter } from './checkpoint/records.js';
import { Choices } from './choices.js';
import { Components } from './components.js';
import { Judged, judgeAlways, judgeFinal } from './judged.js';
import { plainCode } from './local-cpu.js';
import {
  ENTRY_MOVES,
  MOVE_AGENT,
  MOVE_COMPONENT,
  MOVE_FLAG,
  MOVE_MEMORY,
  MOVE_OUTCOME,
  MOVE_TARGET,
  MOVE_WORDS,
  Moves,
} from './moves.js';
import { PlainMover } from './plain-mover.js';
import { type MemoryBudget, RowTable } from './row-table.js';
import { type End, FINE, MISTAKE, type Space } from './space.js';
import { NOBODY, Stepper } from './step.js';

/**
 * The states of a plain program. The number of a state stands for its memory and for each CPU its local
 * state, store buffer, interrupt line and interrupted contexts, all compared word by word.
 */
export class PlainSpace implements Space {
  readonly cpus: number;
  readonly width: number;
  readonly automaton: Automaton;
  private readonly components: Components;
  private readonly memory: RowTable;
  private readonly moves: Moves;
  private readonly stepper: Stepper;
  private readonly invariant: Judged;
  private readonly final: Judged;
  /** The opened state; by CPU where its moves lie in the pool and how many moves those before it have. */
  private readonly opened: Int32Array;
  private readonly entries: Int32Array;
  private readonly before: Int32Array;

  constructor(
    private readonly program: PlainProgram,
    memory: MemoryModel,
    budget: MemoryBudget,
  ) {
    this.cpus = program.cpus;
    this.width = program.cpus + 1;
    this.automaton = new Automaton(plainCode(program), budget);
    this.components = new Components(budget);
    this.memory = new RowTable(program.hardwareBase, budget);
    this.stepper = new Stepper(program, memory, this.automaton, this.components);
    this.invariant = new Judged(this.memory, judgeAlways(program));
    this.final = new Judged(this.memory, judgeFinal(program));
    this.moves = new Moves(
      new PlainMover(this.stepper, this.memory, (id) => this.invariant.isBad(id)),
      budget,
    );
    this.opened = new Int32Array(this.width);
    this.entries = new Int32Array(program.cpus);
    this.before = new Int32Array(program.cpus + 1);
  }

  get localStates(): number {
    return this.automaton.states;
  }

  get memories(): number {
    return this.memory.count;
  }

  /** One state for each way to answer what scripts choose before their first operations. */
  begin(first: (row: Int32Array, answers: readonly number[], outcome: number) => void): void {
    const { program, stepper } = this;
    const row = new Int32Array(this.width);
    const choices = new Choices();
    stepper.choose = (n) => choices.next(n);
    do {
      stepper.mem.set(program.image.subarray(0, program.hardwareBase));
      let outcome = FINE;
      for (let cpu = 0; cpu < program.cpus; cpu++) {
        stepper.begin(cpu);
        if (outcome !== MISTAKE && stepper.outcome !== FINE) outcome = stepper.outcome;
        row[cpu + 1] = stepper.store();
      }
      row[0] = this.memory.intern(stepper.mem);
      first(row, choices.answers(), outcome);
    } while (choices.another());
  }

  keep(to: RecordWriter): void {
    const { automaton, components, memory, moves } = this;
    for (const part of [automaton, components, memory, moves]) part.keep(to);
  }

  restore(from: RecordReader): void {
    const { automaton, components, memory, moves } = this;
    for (const part of [automaton, components, memory, moves]) part.restore(from);
  }

  open(rows: Int32Array, at: number): number {
    const { cpus, opened, entries, before, moves } = this;
    for (let i = 0; i <= cpus; i++) opened[i] = rows[at + i];
    let count = 0;
    for (let cpu = 0; cpu < cpus; cpu++) {
      before[cpu] = count;
      entries[cpu] = moves.of(opened[0], opened[cpu + 1]);
      count += moves.pool[entries[cpu]];
    }
    before[cpus] = count;
    return count;
  }

  follow(k: number, row: Int32Array): number {
    const { cpus, opened } = this;
    const { pool } = this.moves;
    const cpu = this.cpuOf(k);
    const move = this.place(cpu, k);
    for (let i = 0; i <= cpus; i++) row[i] = opened[i];
    row[0] = pool[move + MOVE_MEMORY];
    row[cpu + 1] = pool[move + MOVE_COMPONENT];
    const target = pool[move + MOVE_TARGET];
    if (target !== NOBODY) row[target + 1] = this.components.with(row[target + 1], pool[move + MOVE_FLAG]);
    return pool[move + MOVE_OUTCOME];
  }

  agent(k: number): number {
    const cpu = this.cpuOf(k);
    return agentOf(cpu, this.moves.pool[this.place(cpu, k) + MOVE_AGENT]);
  }

  answers(k: number): readonly number[] {
    return this.moves.answersOf(this.place(this.cpuOf(k), k));
  }

  end(): End {
    if (this.before[this.cpus] > 0) return 'none';
    for (let cpu = 0; cpu < this.cpus; cpu++)
      if (this.components.mainNode(this.opened[1 + cpu]) !== END) return 'stuck';
    return this.final.isBad(this.opened[0]) ? 'wrong' : 'finished';
  }

  words(row: Int32Array): Int32Array {
    const { rows, width } = this.memory;
    return rows.slice(row[0] * width, (row[0] + 1) * width);
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
