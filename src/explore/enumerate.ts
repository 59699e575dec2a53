import { type Decider, STOP } from '../drive/decider.js';
import { drive } from '../drive/drive.js';
import { judgeEnd } from '../drive/end.js';
import { isEnvironment } from '../machine/agents.js';
import type { Continuation, Vector } from '../machine/continuation.js';
import type { Cpu } from '../machine/cpu.js';
import { GeneratorCode } from '../machine/generator-stack.js';
import * as H from '../machine/hardware.js';
import { MachineListener } from '../machine/listener.js';
import { Machine } from '../machine/machine.js';
import type { Refusal } from '../machine/operands.js';
import type { Program } from '../machine/program.js';
import type { MemoryModel } from '../vocabulary/violation.js';
import { type Violation, withoutFacts } from '../vocabulary/violation.js';

/**
 * Runs *every* schedule of a tiny program: depth first, each schedule from the start (generators cannot be
 * copied), all agents but the environment's walkers, all recorded choices.
 *
 * The one reduction is exact: a state met before is not explored again. A state is the memory with the live
 * hardware state, and for each CPU everything its code has been told since the start (results of operations,
 * what it peeked and chose, interrupts delivered). Generators are deterministic functions of exactly that, so
 * equal keys have equal futures. Histories only grow: a program that loops without bound has no end here and
 * is answered with an error, so waiting belongs into `condLoadAcquire`.
 */

export interface EnumerateOptions {
  readonly memory: MemoryModel;
  /** Give up beyond this many different states (default 1,000,000). */
  readonly maxStates?: number;
  /** Give up when a schedule gets longer than this (default 1,000 steps). */
  readonly maxSteps?: number;
  /** End at the first violation; `isWhole` is false then (default false). */
  readonly untilViolation?: boolean;
  /** What of a final state counts; default: every word below the hardware blocks. */
  readonly project?: (machine: Machine) => string;
}

/** One way in which the program can end. */
export interface Outcome {
  /** The projected final state; for a violation the state it stopped in. */
  readonly state: string;
  /** Null, or what is wrong: an assertion, or `deadlock`. */
  readonly violation: Violation | null;
  /** The first schedule found that ends so: agents, and -1-c for a choice c. */
  readonly schedule: readonly number[];
}

export interface Enumeration {
  /** Whether every schedule was run: false where the enumeration ended at a violation. */
  readonly isWhole: boolean;
  /** Different outcomes, sorted by state. */
  readonly outcomes: readonly Outcome[];
  readonly states: number;
  /** Schedules executed to their end or into a known state. */
  readonly executions: number;
  readonly steps: number;
}

/** The program has more behaviour than the bounds allow. */
export class EnumerationLimitError extends Error {
  /**
   * The outcome with a violation that had been met by then, or null. What it had not met may be there too.
   */
  readonly violated: Outcome | null;

  constructor(limit: string, violated: Outcome | null = null) {
    super(
      violated === null
        ? limit
        : `${limit}; by then it had met ${violated.violation?.class}: ${violated.violation?.message}`,
    );
    this.violated = violated;
  }
}

const STATES_MAX = 1_000_000;
const STEPS_MAX = 1_000;
/** Executions of a turn: some milliseconds, or of the longest a second. */
const TURN = 100;

/**
 * Events of a CPU's history that are no result; results are prefixed so that they cannot be mistaken for
 * these.
 */
const TOLD = 'r';
const ANSWERED = 'a';
const INTERRUPT = 'i';
const NMI = 'n';
const VM_EXIT = 'x';

/**
 * Numbers for histories: a history is its predecessor's number and one more event, so that equal numbers mean
 * equal histories.
 */
class Histories extends MachineListener {
  private readonly known = new Map<string, number>();
  readonly of: Int32Array;

  constructor(cpus: number) {
    super();
    this.of = new Int32Array(cpus);
  }

  begin(): void {
    this.of.fill(0);
  }

  add(cpu: number, kind: string, value: number): void {
    const key = `${this.of[cpu]}${kind}${value}`;
    let id = this.known.get(key);
    if (id === undefined) {
      id = this.known.size + 1;
      this.known.set(key, id);
    }
    this.of[cpu] = id;
  }

  /** What is no instruction still tells something: what was peeked or chosen, a new address space. */
  override answers(cpu: number, value: number): void {
    this.add(cpu, ANSWERED, value);
  }
}

/** A CPU's code, telling `histories` all that it is told. */
class ListenedCode implements Continuation {
  private readonly code: Continuation;

  constructor(
    program: Program,
    private readonly cpu: Cpu,
    private readonly histories: Histories,
  ) {
    this.code = new GeneratorCode(program, cpu);
  }

  get idle(): boolean {
    return this.code.idle;
  }

  start(): void {
    this.code.start();
  }

  interrupt(vector: Vector): void {
    this.histories.add(this.cpu.id, vector === 'nmi' ? NMI : vector === 'exit' ? VM_EXIT : INTERRUPT, 0);
    this.code.interrupt(vector);
  }

  resume(result: number): boolean {
    this.histories.add(this.cpu.id, TOLD, result);
    return this.code.resume(result);
  }

  refuse(refusal: Refusal): unknown {
    return this.code.refuse(refusal);
  }
}

/** The same program, telling `histories` all that its code is told. */
function listened(program: Program, histories: Histories): Program {
  return {
    ...program,
    continuation: (cpu) => new ListenedCode(program, cpu, histories),
  };
}

/** One decision of the schedule being executed, and what else could have been decided there. */
interface Branch {
  /** Agents, or -1-c for choices. */
  readonly options: readonly number[];
  taken: number;
}

export function enumerate(program: Program, options: EnumerateOptions): Enumeration {
  const turns = enumerateInTurns(program, options);
  for (let turn = turns.next(); ; turn = turns.next()) if (turn.done) return turn.value;
}

/** The same, some executions at a time: between two turns the thread may do something else. */
export function enumerateInTurns(
  program: Program,
  options: EnumerateOptions,
): Generator<undefined, Enumeration> {
  return new Enumerator(program, options).run();
}

class Enumerator implements Decider {
  private readonly machine: Machine;
  private readonly histories: Histories;
  private readonly path: Branch[] = [];
  private readonly visited = new Set<string>();
  private readonly outcomes = new Map<string, Outcome>();
  private readonly maxStates: number;
  private readonly maxSteps: number;
  /** How much of `path` the current execution has followed. */
  private followed = 0;
  /** Whether the current execution has come to a state that was met before. */
  private isKnown = false;
  /** The first outcome with a violation. */
  private violated: Outcome | null = null;
  private executions = 0;
  private steps = 0;

  constructor(
    private readonly program: Program,
    private readonly options: EnumerateOptions,
  ) {
    this.histories = new Histories(program.cpus);
    this.machine = new Machine(listened(program, this.histories), options.memory);
    this.machine.listen(this.histories);
    this.maxStates = options.maxStates ?? STATES_MAX;
    this.maxSteps = options.maxSteps ?? STEPS_MAX;
  }

  *run(): Generator<undefined, Enumeration> {
    do {
      this.execute();
      if (this.executions % TURN === 0) yield;
    } while (!this.isDecided() && this.nextPath());
    const isWhole = !this.isDecided();
    const outcomes = [...this.outcomes.values()].sort((a, b) =>
      a.state < b.state ? -1 : a.state > b.state ? 1 : 0,
    );
    return { isWhole, outcomes, states: this.visited.size, executions: this.executions, steps: this.steps };
  }

  private isDecided(): boolean {
    return this.options.untilViolation === true && this.violated !== null;
  }

  /** Turns the deepest decision that has another option left; false when none has. */
  private nextPath(): boolean {
    while (this.path.length > 0) {
      const last = this.path[this.path.length - 1];
      if (++last.taken < last.options.length) return true;
      this.path.pop();
    }
    return false;
  }

  private decide(options: () => readonly number[]): number {
    let branch = this.path[this.followed];
    if (branch === undefined) {
      branch = { options: options(), taken: 0 };
      this.path.push(branch);
    }
    this.followed++;
    return branch.options[branch.taken];
  }

  /** One execution: along the path, then on with first options, until the end or a known state. */
  private execute(): void {
    this.executions++;
    this.followed = 0;
    this.isKnown = false;
    this.histories.begin();
    drive(this.machine, this);
    if (!this.isKnown) this.end();
  }

  choose(n: number): number {
    return -1 - this.decide(() => Array.from({ length: n }, (_, c) => -1 - c));
  }

  pick(machine: Machine): number {
    if (machine.enabled.obligations === 0) return STOP;
    if (this.followed === this.path.length && this.known()) {
      this.isKnown = true;
      return STOP;
    }
    if (machine.step >= this.maxSteps) {
      throw new EnumerationLimitError(
        `${this.program.name}: a schedule has more than ${this.maxSteps} steps; waiting belongs into ` +
          'condLoadAcquire',
        this.violated,
      );
    }
    this.steps++;
    return this.decide(() => this.movable());
  }

  private movable(): number[] {
    const { list, count } = this.machine.enabled;
    return Array.from(list.subarray(0, count))
      .filter((agent) => !isEnvironment(agent))
      .sort((a, b) => a - b);
  }

  private known(): boolean {
    const key = this.stateKey();
    if (this.visited.has(key)) return true;
    if (this.visited.size >= this.maxStates) {
      throw new EnumerationLimitError(
        `${this.program.name} has more than ${this.maxStates} states`,
        this.violated,
      );
    }
    this.visited.add(key);
    return false;
  }

  private end(): void {
    const { machine, program } = this;
    judgeEnd(machine);
    const { violation } = machine;
    const state =
      this.options.project === undefined
        ? this.words(0, program.hardwareBase)
        : this.options.project(machine);
    const key = `${state}\n${violation?.class ?? ''} ${violation?.message ?? ''}`;
    if (this.outcomes.has(key)) return;
    const schedule = this.path.slice(0, this.followed).map((branch) => branch.options[branch.taken]);
    const outcome = { state, violation: violation && withoutFacts(violation), schedule };
    this.outcomes.set(key, outcome);
    if (violation !== null) this.violated ??= outcome;
  }

  private words(from: number, to: number): string {
    return this.machine.mem.subarray(from, to).join(' ');
  }

  /**
   * All that the future depends on. Left out of the hardware blocks is what it does not depend on: places of
   * the store buffer's ring that hold nothing, where the ring begins, and the ghost count of other CPUs'
   * steps.
   */
  private stateKey(): string {
    const { program, machine } = this;
    const { hardwareBase, hardwareWords, cpus } = program;
    const mem = machine.mem;
    let key = this.words(0, hardwareBase);
    for (let id = 0; id < cpus; id++) {
      const block = hardwareBase + id * hardwareWords;
      key += `|${this.histories.of[id]} ${this.words(block, block + H.SB_HEAD)}`;
      const head = mem[block + H.SB_HEAD];
      for (let i = 0; i < mem[block + H.SB_COUNT]; i++) {
        const at = block + H.SB_BASE + ((head + i) % H.SB_DEPTH) * H.SB_WORDS;
        key += `,${this.words(at, at + H.SB_OTHERS)}`;
      }
      if (hardwareWords > H.HW_WORDS_PLAIN)
        key += `;${this.words(block + H.HW_WORDS_PLAIN, block + hardwareWords)}`;
    }
    const end = hardwareBase + cpus * hardwareWords;
    return end < mem.length ? `${key}|${this.words(end, mem.length)}` : key;
  }
}
