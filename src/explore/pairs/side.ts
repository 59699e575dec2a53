import { functionsOf } from '../../kernel/backend.js';
import { EV_OPERATION } from '../../kernel/events.js';
import { kernelFunctions } from '../../kernel/functions.js';
import { type KernelProgram, kernelProgram } from '../../kernel/kernel-program.js';
import { Machine } from '../../machine/machine.js';
import * as K from '../../machine/op-kinds.js';
import { OracleBoard } from '../../oracles/board.js';
import { COUNTERS } from '../../oracles/counters.js';
import type { Variant } from '../../variants/index.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import type { MemoryModel } from '../../vocabulary/violation.js';
import { mix } from '../random.js';
import { CallTrees } from './call-tree.js';

const LOCKED = COUNTERS.indexOf('lockedOperations');

/**
 * What was counted by the end of each client operation, so that two executions can be compared up to where
 * one of them went wrong.
 */
export class Tally {
  operations = 0;
  /** By operation: when it ended. */
  readonly clocks: number[] = [];
  private counts = new Float64Array(64 * COUNTERS.length);

  begin(): void {
    this.operations = 0;
    this.clocks.length = 0;
  }

  note(clock: number, values: Float64Array, locked: number): void {
    const at = this.operations * COUNTERS.length;
    if (at === this.counts.length) {
      const grown = new Float64Array(2 * at);
      grown.set(this.counts);
      this.counts = grown;
    }
    this.counts.set(values, at);
    this.counts[at + LOCKED] = locked;
    this.clocks.push(clock);
    this.operations++;
  }

  /** Operations that had ended by then. */
  by(clock: number): number {
    let operations = this.operations;
    while (operations > 0 && this.clocks[operations - 1] > clock) operations--;
    return operations;
  }

  /** What had been counted when so many operations had ended. */
  after(operations: number): Float64Array {
    return operations === 0
      ? new Float64Array(COUNTERS.length)
      : this.counts.subarray((operations - 1) * COUNTERS.length, operations * COUNTERS.length);
  }
}

/** The counters, and a note of them at the end of each client operation. */
class TallyBoard extends OracleBoard {
  constructor(
    program: KernelProgram,
    machine: Machine,
    private readonly side: Side,
  ) {
    super(machine, program.config);
  }

  override event(cpu: number, kind: number, a: number, b: number): void {
    super.event(cpu, kind, a, b);
    if (kind === EV_OPERATION)
      this.side.tally.note(this.side.clock, this.counters.values, this.side.machine.lockedOperations);
  }
}

/** One of the two kernels of a pair, ready to run. */
export class Side {
  readonly program: KernelProgram;
  readonly machine: Machine;
  readonly trees: CallTrees;
  readonly tally = new Tally();
  /** Steps of the base by now. */
  clock = 0;
  private readonly board: OracleBoard;

  constructor(variant: Variant, scenario: Scenario, memory: MemoryModel) {
    this.trees = new CallTrees(scenario.cpus, (cpu) => this.machine.stepsOf(cpu));
    const table = { ...kernelFunctions, ...functionsOf(variant.backend), ...variant.replace };
    this.program = kernelProgram(scenario, { ...variant, replace: this.trees.watched(table) });
    this.machine = new Machine(this.program, memory);
    this.board = new TallyBoard(this.program, this.machine, this);
    this.machine.observer = this.board;
  }

  /** To be called before the machine begins. */
  begin(): void {
    this.clock = 0;
    this.trees.begin();
    this.tally.begin();
    this.board.counters.values.fill(0);
  }

  /** What was counted in the whole execution. */
  total(): Float64Array {
    const { values } = this.board.counters;
    values[LOCKED] = this.machine.lockedOperations;
    return values;
  }

  /** The same, but of an execution that went wrong up to the last client operation that ended before. */
  counted(): Float64Array {
    return this.machine.violation === null ? this.total() : this.tally.after(this.tally.operations);
  }

  /**
   * What the CPU is about to do, and in which functions, as a number that is the same wherever it is the
   * same.
   */
  signature(cpu: number): number {
    const { kind, a, b, d } = this.machine.cpus[cpu].pending;
    return mix(
      (this.trees.top[cpu]?.path ?? 0) ^ Math.imul(kind + (operand(kind, a, b, d) << 6), 0x85ebca77),
    );
  }
}

/** Frames are handed out as they come: what is done to one is known by the page, or not told apart. */
function operand(kind: number, a: number, b: number, d: number): number {
  // What is added or masked is in the text, not in what was read.
  if (kind === K.OP_FETCH_ADD || kind === K.OP_FETCH_OR || kind === K.OP_FETCH_AND) return a ^ (b << 20);
  if (kind === K.OP_SET_PTE || kind === K.OP_PTEP_GET_AND_CLEAR || kind === K.OP_PTEP_SET_WRPROTECT) return d;
  return kind >= K.OP_ALLOC_FRAME && kind <= K.OP_FREE_FRAME_RCU ? 0 : a;
}
