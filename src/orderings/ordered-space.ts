import { BUFFER_AGENT, CPU_AGENT, cpuOfAgent, kindOfAgent } from '../machine/agents.js';
import { MachineListener } from '../machine/listener.js';
import { OP_MEMORY_MAX, STEP_DRAIN } from '../machine/op-kinds.js';
import type { RecordReader, RecordWriter } from '../verify/checkpoint/records.js';
import type { KernelSpace } from '../verify/kernel/kernel-space.js';
import { type End, FINE, type Space, VIOLATION } from '../verify/space.js';
import type { ViolationClass } from '../vocabulary/violation.js';
import type { GivenAnswers } from './given-answers.js';
import type { Unnumbered } from './happening.js';
import type { KeptOrderings } from './kept-orderings.js';

/**
 * Of a kernel's states those that executions reach which keep some orderings; what goes wrong in this space
 * is an execution in which all of them come true and which ends with nothing wrong.
 *
 * A move that breaks an ordering is left out. Whatever follows it, the second step has been before the first:
 * no execution that keeps the ordering begins so, and none is lost. All others stay. A row has a word more:
 * how often each step of an ordering has been, up to the time that the ordering speaks of, which is all that
 * decides what breaks one later. A state in which every move is left out is no end: who is held there would
 * have to move on.
 *
 * Choices are answered as in the witness, as often as that agent's were there; how often is in that word too.
 *
 * An execution that ends in a violation ends in one state, which has no moves.
 */
export class OrderedSpace implements Space {
  readonly cpus: number;
  readonly width: number;
  /** Moves are left out: that somebody never gets on says nothing. */
  readonly isCut = true;
  /** Steps into the violation, and into another one, with all orderings come true. */
  failing = 0;
  otherwise = 0;
  private readonly inner: Int32Array;
  private readonly counts: (readonly number[])[] = [];
  private readonly numbers = new Map<string, number>();
  /** Of the opened state: its counts' number; the moves that break nothing, and the counts after each. */
  private history = 0;
  private allowed: number[] = [];
  private histories: number[] = [];
  private isSink = false;
  private moves = 0;
  private readonly stores = new StoresHeard();
  /** What steps store, by what decides it. */
  private readonly known = new Map<string, Stored>();

  constructor(
    private readonly space: KernelSpace,
    private readonly kept: KeptOrderings,
    private readonly given: GivenAnswers,
    private readonly wanted: ViolationClass,
  ) {
    this.cpus = space.cpus;
    this.width = space.width + 1;
    this.inner = new Int32Array(space.width);
    space.kernel.machine.listen(this.stores);
  }

  get localStates(): number {
    return this.space.localStates;
  }

  get memories(): number {
    return this.space.memories;
  }

  begin(first: (row: Int32Array, answers: readonly number[], outcome: number) => void): void {
    const row = new Int32Array(this.width);
    this.kept.begin();
    const none = this.numberOf([...this.kept.counts(), ...this.given.begin()]);
    this.space.begin((inner, answers, outcome) => {
      row.set(inner);
      row[this.width - 1] = none;
      first(row, answers, outcome);
    });
  }

  open(rows: Int32Array, at: number): number {
    const { space, inner } = this;
    this.allowed = [];
    this.histories = [];
    this.history = rows[at + space.width];
    this.isSink = this.history === SINK;
    if (this.isSink) return 0;
    for (let i = 0; i < space.width; i++) inner[i] = rows[at + i];
    this.moves = space.open(inner, 0);
    for (let k = 0; k < this.moves; k++) {
      const after = this.historyAfter(k);
      if (after === LEFT_OUT) continue;
      this.allowed.push(k);
      this.histories.push(after);
    }
    return this.allowed.length;
  }

  follow(k: number, row: Int32Array): number {
    const { space } = this;
    const move = this.allowed[k];
    const result = new Int32Array(space.width);
    if (space.follow(move, result) === VIOLATION) {
      this.ends(this.executed(move).violation, this.histories[k]);
      row.fill(0);
      row[space.width] = SINK;
      return FINE;
    }
    row.set(result);
    row[space.width] = this.histories[k];
    return FINE;
  }

  agent(k: number): number {
    return this.space.agent(this.allowed[k]);
  }

  answers(k: number): readonly number[] {
    return this.space.answers(this.allowed[k]);
  }

  /** `wrong`: all orderings have come true, and nothing is wrong. */
  end(): End {
    if (this.isSink) return 'finished';
    const end = this.space.end();
    if (end === 'none') return 'none';
    if (end === 'finished') return this.isForced(this.history) ? 'wrong' : 'finished';
    this.ends(end === 'stuck' ? 'deadlock' : 'assertion', this.history);
    return 'finished';
  }

  words(row: Int32Array): Int32Array {
    return this.space.words(row);
  }

  keep(_to: RecordWriter): void {
    throw new Error('a search of orderings is not kept');
  }

  restore(_from: RecordReader): void {
    throw new Error('a search of orderings is not kept');
  }

  private ends(violation: ViolationClass | null, history: number): void {
    if (!this.isForced(history)) return;
    if (violation === this.wanted) this.failing++;
    else this.otherwise++;
  }

  private isForced(history: number): boolean {
    this.kept.restore(this.counts[history]);
    return this.kept.isForced;
  }

  /**
   * The number of the counts after a move of the opened state; LEFT_OUT: it breaks an ordering, or answers
   * otherwise than is given.
   */
  private historyAfter(k: number): number {
    const { kept } = this;
    const counts = this.counts[this.history];
    const agent = this.space.agent(k);
    const given = this.given.after(agent, this.space.answers(k), counts, (answers) =>
      this.isMove(agent, answers),
    );
    if (given === null) return LEFT_OUT;
    kept.restore(counts);
    kept.happens(this.stepOf(k));
    if (kept.hasStores) for (const [cpu, address] of this.executed(k).stores) kept.stores(cpu, address);
    return kept.isBroken ? LEFT_OUT : this.numberOf([...kept.counts(), ...given]);
  }

  /** Whether the agent has a move in the opened state whose answers begin so. */
  private isMove(agent: number, answers: readonly number[]): boolean {
    const { space } = this;
    for (let k = 0; k < this.moves; k++)
      if (space.agent(k) === agent && answers.every((answer, i) => space.answers(k)[i] === answer))
        return true;
    return false;
  }

  /** What the move is, without its being executed: see nextOf. */
  private stepOf(k: number): Unnumbered {
    const agent = this.space.agent(k);
    // What a store buffer does is heard of when it stores.
    if (kindOfAgent(agent) === BUFFER_AGENT) return { agent, kind: STEP_DRAIN, operand: 0 };
    if (kindOfAgent(agent) !== CPU_AGENT) return { agent, kind: 0, operand: 0 };
    const { automaton, parts } = this.space.kernel;
    const node = parts.node(this.inner[cpuOfAgent(agent) + 1]);
    return { agent, kind: automaton.kind[node], operand: automaton.a[node] };
  }

  private executed(k: number): Stored {
    const { space, inner, known } = this;
    const agent = space.agent(k);
    const part = this.isOwn(k) ? [inner[0], inner[cpuOfAgent(agent) + 1]] : inner;
    const whole = `${agent} ${part.join(' ')}: ${space.answers(k).join(' ')}`;
    const before = known.get(whole);
    if (before !== undefined) return before;
    const found = this.execute(agent, space.answers(k));
    known.set(whole, found);
    return found;
  }

  /** Whether what it does depends on memory and its CPU alone. */
  private isOwn(k: number): boolean {
    const { agent, kind } = this.stepOf(k);
    return kindOfAgent(agent) !== CPU_AGENT || kind <= OP_MEMORY_MAX;
  }

  private execute(agent: number, answers: readonly number[]): Stored {
    const { kernel } = this.space;
    const { machine } = kernel;
    kernel.load(this.inner);
    for (let cpu = 0; cpu < this.cpus; cpu++) machine.refresh(cpu);
    kernel.changingAll();
    let next = 0;
    machine.choose = () => answers[next++];
    machine.step = 0;
    this.stores.heard = [];
    machine.stepAgent(agent);
    const violation = machine.violation?.class ?? null;
    machine.violation = null;
    machine.latent.length = 0;
    // What the space executes from here on is heard too.
    const stores = this.stores.heard;
    this.stores.heard = [];
    return { stores, violation };
  }

  private numberOf(counts: readonly number[]): number {
    const key = counts.join(' ');
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.counts.length);
    this.counts.push(counts);
    return this.counts.length - 1;
  }
}

const SINK = -1;
const LEFT_OUT = -2;

interface Stored {
  /** Stores that come to memory, by CPU and word, in order. */
  readonly stores: readonly (readonly [cpu: number, address: number])[];
  readonly violation: ViolationClass | null;
}

class StoresHeard extends MachineListener {
  heard: (readonly [cpu: number, address: number])[] = [];

  override stores(cpu: number, address: number, _value: number, isPoked: boolean): void {
    if (!isPoked) this.heard.push([cpu, address]);
  }
}
