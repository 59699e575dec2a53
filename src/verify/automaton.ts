import { isOfFrozen, LoweringError } from '../lowering/lowering-error.js';
import { type Frame, frames, SCRIPT } from '../lowering/yield-frames.js';
import type { Cpu } from '../machine/cpu.js';
import * as K from '../machine/op-kinds.js';
import type { PendingOp, WatchedWords } from '../machine/pending-op.js';
import { type Program, vmExitOf } from '../machine/program.js';
import type { Protocol } from '../machine/protocol.js';
import { madePrograms } from '../programs/plain-program.js';
import type { Keepable, RecordReader, RecordWriter } from './checkpoint/records.js';
import { OP_DONE, OP_THROW } from './local-ops.js';
import { LocalValues } from './local-values.js';
import { type MemoryBudget, RowTable } from './row-table.js';

/**
 * The scripts and handlers of a program as automata: a local state is the operation that a CPU stands before,
 * where, and what of its variables is still read; an edge is an operation's result. Edges are found out when
 * they are first asked for, by running the script, which stays the one text that hunts execute too, up to
 * there again.
 */

export type Role = 'main' | 'interrupt' | 'nmi' | 'vmExit';

/** The end of any script; number 0. */
export const END = 0;
/** What a local state takes in JavaScript's heap, roughly. */
const BYTES_A_STATE = 600;

/** Code whose local states are to be found out. */
export interface LocalCode {
  readonly program: Program;
  /** What the scripts run on: every operation, of whatever kind, ends in a suspension there. */
  readonly cpus: readonly Cpu[];
  /** Objects that scripts keep and that are the same in every execution and never change. */
  readonly statics: readonly object[];
  /** Whether the machine would execute the operation. */
  isValid(cpu: Cpu): boolean;
}

interface Run {
  readonly script: Protocol<void>;
  readonly stack: readonly Frame[];
}

export class Automaton implements Keepable {
  /** By local state: the operation, its operands, and whether a machine can execute it. */
  readonly kind: number[] = [OP_DONE];
  readonly a: number[] = [0];
  readonly b: number[] = [0];
  readonly c: number[] = [0];
  readonly d: number[] = [0];
  readonly e: number[] = [0];
  /** What it waits for where that is several words. */
  readonly watched: (WatchedWords | null)[] = [null];
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
  /** What a state's script throws. */
  readonly thrown = new Map<number, unknown>();
  private readonly values: LocalValues;
  private readonly isPlain: boolean;

  constructor(
    private readonly code: LocalCode,
    private readonly budget: MemoryBudget,
  ) {
    this.values = new LocalValues(
      [...code.statics, ...code.cpus],
      frames.veiled,
      frames.closures,
      frames.places,
      frames.modules,
    );
    this.isPlain = madePrograms.has(code.program);
    this.edges = new RowTable(2, budget);
    // Nothing is to be kept beside what a CPU has.
    for (const cpu of code.cpus) Object.preventExtensions(cpu);
    frames.modules.freezeHeld((value) => (madePrograms.has(value) ? [value.image] : []));
  }

  get states(): number {
    return this.kind.length;
  }

  /** The first error of a script that has changed what it kept; null: none has. */
  get changedKept(): TypeError | null {
    return [...this.thrown.values()].find(isOfFrozen) ?? null;
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

  keep(to: RecordWriter): void {
    to.value([
      this.from.slice(1),
      this.by.slice(1),
      this.cpuOf.slice(1),
      this.edgeTo,
      [...this.known.keys()],
    ]);
    this.edges.keep(to);
  }

  /**
   * Local states hold what nobody can write down: each is come to again, in the order in which it was first,
   * from the same state. Throws LoweringError where one is another one then.
   */
  restore(from: RecordReader): void {
    type Told = readonly [(number | Role)[], number[], number[], number[], string[]];
    const [before, by, cpuOf, edgeTo, keys] = from.value<Told>();
    for (let i = 0; i < before.length; i++) {
      const state = this.arriveAgain(before[i], by[i], cpuOf[i]);
      if (state !== i + 1 || this.known.get(keys[i]) !== state) throw anotherState(cpuOf[i]);
    }
    this.edges.restore(from);
    this.edgeTo.push(...edgeTo);
  }

  private arriveAgain(from: number | Role, result: number, cpu: number): number {
    if (typeof from === 'number') return this.arrive(cpu, this.take(from), true, result, from);
    return this.root(cpu, from);
  }

  private begun(cpu: number, role: Role): Protocol<void> {
    const { program, cpus } = this.code;
    return role === 'vmExit' ? vmExitOf(program, cpus[cpu]) : program[role](cpus[cpu]);
  }

  /** A script that stands in the state: a kept one, or one that is brought there. */
  private take(state: number): Run {
    const kept = this.standing.get(state);
    if (kept === undefined) return this.brought(state);
    this.standing.delete(state);
    return kept;
  }

  /** A new script, and the key of the state in which it stands where the results lead that led to `state`. */
  private bring(state: number): Run & { readonly key: string } {
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
    const key = this.keyOf(cpu);
    return { script, stack: [...frames.stack], key };
  }

  private brought(state: number): Run {
    const run = this.bring(state);
    if (this.known.get(run.key) !== state) throw anotherState(this.cpuOf[state]);
    return run;
  }

  /**
   * A function or class that the script keeps is the same one in every execution, or one that each makes anew
   * and that has variables which nobody sees. Throws LoweringError for the latter.
   */
  private requireLasting(state: number): void {
    if (this.values.takeNew() === null) return;
    this.bring(state);
    const site = this.values.takeNew();
    if (site !== null) throw new LoweringError(KEEPS_METHODS, frames.places.get(site) ?? null);
  }

  private requireBuiltins(): void {
    const changed = frames.modules.changedBuiltin();
    const place = frames.places.get(frames.stack.at(-1)?.site ?? -1) ?? null;
    if (frames.modules.hasChangedCollection())
      throw new LoweringError('before this it changes a map or a set of its module: use a word', place);
    if (changed !== null)
      throw new LoweringError(
        `before this it changes what JavaScript itself has (${changed}): use a word or a local`,
        place,
      );
  }

  private resume(cpu: number, script: Protocol<void>, isSuspended: boolean, result: number): boolean {
    this.runs++;
    frames.newest = isSuspended ? null : SCRIPT;
    this.code.cpus[cpu].pending.armed = isSuspended;
    frames.isRunning = true;
    try {
      return script.next(result).done === true;
    } finally {
      frames.isRunning = false;
    }
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
    const { pending } = this.code.cpus[cpu];
    try {
      if (this.resume(cpu, script, isSuspended, result)) return END;
    } catch (error) {
      if (error instanceof LoweringError) throw error;
      const state = this.stateFor(`${cpu} throws after ${from} ${result}`, cpu, from, result, null);
      this.thrown.set(state, error);
      return state;
    }
    if (frames.newest !== pending)
      throw new LoweringError(
        `"${this.code.program.name}": CPU${cpu} runs a generator that is not seen through, of a ` +
          `package perhaps`,
      );
    const { length: states } = this.kind;
    const state = this.stateFor(this.keyOf(cpu), cpu, from, result, operationOf(pending));
    // Kernel code keeps to a subset that cannot.
    if (state === states && this.isPlain) this.requireBuiltins();
    if (!this.standing.has(state)) this.standing.set(state, { script, stack: [...frames.stack] });
    this.requireLasting(state);
    return state;
  }

  /** What tells the state in which a CPU's script stands from all others. */
  private keyOf(cpu: number): string {
    const { pending } = this.code.cpus[cpu];
    const watched = this.watchedBy(cpu);
    const many = watched === null ? '' : ` of ${watched.words.join(' ')} seen ${watched.seen.join(' ')}`;
    return `${cpu} ${operationOf(pending).join(' ')}${many} ${this.values.textOf(frames.stack)}`;
  }

  private watchedBy(cpu: number): WatchedWords | null {
    const { pending, watched, depth } = this.code.cpus[cpu];
    return pending.kind === K.OP_WAIT_CHANGE ? watched[depth] : null;
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
    this.watched.push(operation === null ? null : this.watchedBy(cpu));
    this.valid.push(operation === null || this.code.isValid(this.code.cpus[cpu]));
    this.cpuOf.push(cpu);
    this.from.push(from);
    this.by.push(result);
    this.known.set(key, state);
    return state;
  }
}

const KEEPS_METHODS =
  'a script keeps a class, an object of one, or an object with methods beside other objects, which it has ' +
  'made itself, across an operation: make the class at the top of the module, or keep numbers';

function anotherState(cpu: number): LoweringError {
  return new LoweringError(
    `CPU${cpu} does not come to the same state again: its code keeps state outside the words`,
  );
}

/** Kinds with a fourth operand. */
const USES_D: ReadonlySet<number> = new Set([
  K.OP_CMPXCHG_PAIR,
  K.OP_COND_LOAD_ACQUIRE,
  K.OP_SET_PTE,
  K.OP_PTEP_GET_AND_CLEAR,
  K.OP_PTEP_SET_WRPROTECT,
  K.OP_INVLPGB,
]);

/** Kind and operands; what the kind does not use is 0, whatever an earlier operation left there. */
function operationOf({ kind, a, b, c, d, e }: PendingOp): readonly number[] {
  return [kind, a, b, c, USES_D.has(kind) ? d : 0, kind === K.OP_CMPXCHG_PAIR ? e : 0];
}
