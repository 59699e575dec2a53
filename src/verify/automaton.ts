import { type Frame, frames, LoweringError } from '../lowering/frames.js';
import type { PendingOp } from '../machine/cpu.js';
import { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import { Operands } from '../machine/operands.js';
import type { Protocol } from '../machine/protocol.js';
import type { PlainProgram } from '../programs/plain-program.js';
import { LocalCpu, OP_DONE, OP_IMMEDIATE_MIN, OP_THROW } from './local-cpu.js';
import { LocalValues } from './local-values.js';
import { type MemoryBudget, RowTable } from './row-table.js';

/**
 * The scripts and handlers of a program as automata: a local state is the operation that a CPU stands before,
 * where, and what of its variables is still read; an edge is an operation's result. Edges are found out when
 * they are first asked for, by running the script, which stays the one text that hunts execute too, up to
 * there again.
 */

export type Role = 'main' | 'interrupt' | 'nmi';

/** The end of any script; number 0. */
export const END = 0;
/** What a local state takes in JavaScript's heap, roughly. */
const BYTES_A_STATE = 600;

interface Run {
  readonly script: Protocol<void>;
  readonly stack: readonly Frame[];
}

export class Automaton {
  /** By local state: the operation, its operands, and whether a machine can execute it. */
  readonly kind: number[] = [OP_DONE];
  readonly a: number[] = [0];
  readonly b: number[] = [0];
  readonly c: number[] = [0];
  readonly d: number[] = [0];
  readonly e: number[] = [0];
  readonly valid: boolean[] = [true];
  readonly cpuOf: number[] = [0];
  /** How often a script was run further. */
  runs = 0;
  private readonly known = new Map<string, number>();
  private readonly roots = new Map<string, number>();
  private readonly edges: RowTable;
  private readonly edgeTo: number[] = [];
  private readonly edge = new Int32Array(2);
  /** How a state was first come to: from which state, by which result; a root has its role. */
  private readonly from: (number | Role)[] = ['main'];
  private readonly by: number[] = [0];
  /** Scripts that stand in a state. */
  private readonly standing = new Map<number, Run>();
  private readonly cpus: readonly LocalCpu[];
  private readonly operands: readonly Operands[];
  private readonly values: LocalValues;

  constructor(
    private readonly program: PlainProgram,
    private readonly budget: MemoryBudget,
  ) {
    // Never moved: it has the checks of operands.
    const machine = new Machine(program, 'sc');
    this.cpus = machine.cpus.map(({ id }) => new LocalCpu(machine, id));
    this.operands = this.cpus.map(({ id }) => new Operands(program, id));
    this.values = new LocalValues([program.at, ...this.cpus], frames.veiled);
    this.edges = new RowTable(2, budget);
  }

  get states(): number {
    return this.kind.length;
  }

  root(cpu: number, role: Role): number {
    const key = `${cpu} ${role}`;
    let root = this.roots.get(key);
    if (root === undefined) {
      root = this.arrive(cpu, { script: this.begun(cpu, role), stack: [] }, false, 0, role);
      this.roots.set(key, root);
    }
    return root;
  }

  /** The local state that follows when the operation of `state` answers `result`. */
  next(state: number, result: number): number {
    this.edge[0] = state;
    this.edge[1] = result;
    const before = this.edges.count;
    const edge = this.edges.intern(this.edge);
    if (edge < before) return this.edgeTo[edge];
    const cpu = this.cpuOf[state];
    const run = this.take(state);
    const next = this.arrive(cpu, run, true, result, state);
    this.edgeTo[edge] = next;
    return next;
  }

  private begun(cpu: number, role: Role): Protocol<void> {
    return this.program[role](this.cpus[cpu]);
  }

  /** A script that stands in the state: a kept one, or one that is brought there. */
  private take(state: number): Run {
    const kept = this.standing.get(state);
    if (kept !== undefined) {
      this.standing.delete(state);
      return kept;
    }
    const results: number[] = [];
    let at: number | Role = state;
    while (typeof at === 'number') {
      const before: number | Role = this.from[at];
      if (typeof before === 'number') results.push(this.by[at]);
      at = before;
    }
    const cpu = this.cpuOf[state];
    const script = this.begun(cpu, at);
    frames.stack = [];
    this.resume(cpu, script, false, 0);
    for (const result of results.reverse()) this.resume(cpu, script, true, result);
    if (this.known.get(this.keyOf(cpu)) !== state)
      throw new LoweringError(
        `CPU${cpu} does not come to the same state again: its code keeps state outside the words`,
      );
    return { script, stack: [...frames.stack] };
  }

  private resume(cpu: number, script: Protocol<void>, isSuspended: boolean, result: number): boolean {
    this.runs++;
    frames.newest = null;
    this.cpus[cpu].pending.armed = isSuspended;
    return script.next(result).done === true;
  }

  /** Runs a script to its next operation; answers the state that it stands in then. */
  private arrive(
    cpu: number,
    { script, stack }: Run,
    isSuspended: boolean,
    result: number,
    from: number | Role,
  ): number {
    frames.stack = [...stack];
    const { pending } = this.cpus[cpu];
    try {
      if (this.resume(cpu, script, isSuspended, result)) return END;
    } catch (error) {
      if (error instanceof LoweringError) throw error;
      return this.stateFor(`${cpu} throws after ${from} ${result}`, cpu, from, result, null);
    }
    if (frames.newest !== pending)
      throw new LoweringError(
        `"${this.program.name}": CPU${cpu} runs a generator that is not seen through, of a package perhaps`,
      );
    const state = this.stateFor(this.keyOf(cpu), cpu, from, result, operationOf(pending));
    if (!this.standing.has(state)) this.standing.set(state, { script, stack: [...frames.stack] });
    return state;
  }

  /** What tells the state in which a CPU's script stands from all others. */
  private keyOf(cpu: number): string {
    return `${cpu} ${operationOf(this.cpus[cpu].pending).join(' ')} ${this.values.textOf(frames.stack)}`;
  }

  private stateFor(
    key: string,
    cpu: number,
    from: number | Role,
    result: number,
    operation: readonly number[] | null,
  ): number {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.budget.take(BYTES_A_STATE + key.length * 2);
    const state = this.kind.length;
    const [kind, a, b, c, d, e] = operation ?? [OP_THROW, 0, 0, 0, 0, 0];
    this.kind.push(kind);
    this.a.push(a);
    this.b.push(b);
    this.c.push(c);
    this.d.push(d);
    this.e.push(e);
    this.valid.push(operation === null || isValid(this.operands[cpu], this.cpus[cpu].pending));
    this.cpuOf.push(cpu);
    this.from.push(from);
    this.by.push(result);
    this.known.set(key, state);
    return state;
  }
}

/** Kind and operands; what the kind does not use is 0, whatever an earlier operation left there. */
function operationOf({ kind, a, b, c, d, e }: PendingOp): readonly number[] {
  if (kind === K.OP_CMPXCHG_PAIR) return [kind, a, b, c, d, e];
  return [kind, a, b, c, kind === K.OP_COND_LOAD_ACQUIRE ? d : 0, 0];
}

/** Whether the machine would execute it, by the machine's own checks. */
function isValid(operands: Operands, op: PendingOp): boolean {
  const { kind, a, b } = op;
  if (kind >= OP_IMMEDIATE_MIN) return true;
  try {
    if (kind <= K.OP_MEMORY_MAX && kind !== K.OP_SMP_MB) operands.word('an operation', a);
    if (kind === K.OP_WRITE_ONCE || kind === K.OP_STORE_RELEASE) operands.value('a store', b);
    if (kind === K.OP_COND_LOAD_ACQUIRE) operands.wait(op);
    if (kind >= K.OP_XCHG && kind <= K.OP_FETCH_AND) operands.locked(op);
    if (kind === K.OP_SEND_IPI || kind === K.OP_SEND_NMI) operands.target('an interrupt', a);
    return true;
  } catch {
    return false;
  }
}
