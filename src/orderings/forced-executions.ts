import { drive } from '../drive/drive.js';
import { judgeEnd } from '../drive/end.js';
import { follow } from '../drive/recorded.js';
import { decodeSchedule } from '../drive/schedule.js';
import { Random } from '../explore/random.js';
import { picksOf } from '../explore/simplify.js';
import { isEnvironment } from '../machine/agents.js';
import { MachineListener } from '../machine/listener.js';
import { Machine } from '../machine/machine.js';
import { watch } from '../oracles/board.js';
import type { Definitions } from '../programs/definitions.js';
import { programOf, type Subject } from '../programs/subject.js';
import type { Finding } from '../vocabulary/finding.js';
import type { MemoryModel, ViolationClass } from '../vocabulary/violation.js';
import { ForcedDecider } from './forced-decider.js';
import { nextOf } from './happening.js';
import { KeptOrderings } from './kept-orderings.js';
import type { Ordering, Premise, WitnessSteps } from './ordering.js';
import { witnessSteps } from './witness-steps.js';

/**
 * What an execution comes to in which some orderings were forced: the witness's violation; none, to its end;
 * or neither, for they did not all come true, it met another violation, or it did not end.
 */
export type Outcome = 'violation' | 'none' | 'neither';

/** Streams of random numbers beside those of hunts. */
const STREAM = 77;
/** Of executions that are forced, those at least in which the orderings have to come true. */
const SHARE_MIN = 0.05;

/** A forced execution by its index, or one that a search of all has met. */
export type CorrectExecution = number | 'searched';

export interface Forced {
  /** How many were executed. */
  readonly executions: number;
  /** The first execution that came to its end with nothing wrong; null: none. */
  readonly correct: CorrectExecution | null;
  /** How many came to the violation. */
  readonly failing: number;
  /** The decisions of the first of them; null: none did. */
  readonly failed: readonly number[] | null;
  /** They are all that were asked for, or up to the correct one. */
  readonly isWhole: boolean;
}

/** Executions of one finding's subject, in each of which some orderings are forced. */
export class ForcedExecutions {
  executed = 0;
  /** Steps that they have taken, and after how many of them no other one begins. */
  steps = 0;
  stepsMax = Number.POSITIVE_INFINITY;
  /** Told of `steps` after each execution. */
  onSteps: (steps: number) => void = () => undefined;
  private readonly machine: Machine;
  private readonly premise: Premise;
  /** Steps of the witness. */
  private readonly length: number;
  private readonly random = new Random();
  /** Decisions of executions that end with nothing wrong, whatever they are found by. */
  private readonly known: (readonly number[])[] = [];
  /** Executions that showed no violation: what fails often fails there first. */
  private readonly telling: number[] = [];

  /** `schedule`: the witness's, in whatever code it was. */
  constructor(
    subject: Subject,
    memory: MemoryModel,
    private readonly schedule: readonly number[],
    private readonly wanted: ViolationClass,
    own: Definitions,
  ) {
    const { program, kernel } = programOf(subject, own);
    this.machine = new Machine(program, memory);
    watch(this.machine, kernel);
    this.premise = premiseOf(schedule);
    this.length = schedule.filter((decision) => decision >= 0).length;
  }

  /** Those of what the finding is of, as that is now. */
  static of(finding: Finding, own: Definitions): ForcedExecutions {
    const { memory, schedule, violation } = finding;
    return new ForcedExecutions(finding, memory, decodeSchedule(schedule), violation.class, own);
  }

  /** An execution that ends with nothing wrong: orderings that it keeps do not suffice. */
  knows(correct: readonly number[]): void {
    this.known.push(correct);
  }

  get isSpent(): boolean {
    return this.steps >= this.stepsMax;
  }

  /** The witness, step by step; or another execution. */
  witness(schedule: readonly number[] = this.schedule): WitnessSteps {
    return witnessSteps(this.machine, schedule);
  }

  /** Whether each of so many executions in which the orderings come true comes to the violation. */
  suffice(orderings: readonly Ordering[], executions: number): boolean {
    const { correct, failing, isWhole } = this.run(orderings, executions);
    return isWhole && correct === null && failing >= executions * SHARE_MIN;
  }

  /**
   * So many executions; where `isSought`, up to one in which the orderings come true and nothing is wrong.
   */
  run(orderings: readonly Ordering[], executions: number, isSought = true): Forced {
    const { machine, premise, random, length } = this;
    if (isSought && this.known.some((schedule) => this.keeps(schedule, orderings)))
      return { executions: 0, correct: 'searched', failing: 0, failed: null, isWhole: true };
    const decider = new ForcedDecider(machine, orderings, premise, random, length);
    machine.listen(decider);
    const before = this.executed;
    let [failing, isWhole] = [0, true];
    let correct: number | null = null;
    let failed: readonly number[] | null = null;
    for (const index of this.inOrder(executions)) {
      if (this.isSpent) {
        isWhole = false;
        break;
      }
      const outcome = this.outcome(decider, index);
      if (outcome === 'none') {
        correct ??= index;
        if (isSought) break;
      }
      if (outcome !== 'violation') continue;
      failing++;
      failed ??= decider.schedule.toArray();
    }
    if (correct !== null && !this.telling.includes(correct)) this.telling.unshift(correct);
    return { executions: this.executed - before, correct, failing, failed, isWhole };
  }

  /** Whether all orderings come true in the execution. */
  private keeps(schedule: readonly number[], orderings: readonly Ordering[]): boolean {
    const { machine } = this;
    const kept = new KeptOrderings(orderings, this.length);
    const listener = new MachineListener();
    listener.stores = (cpu, address, _value, isPoked) => {
      if (!isPoked) kept.stores(cpu, address);
    };
    machine.listen(listener);
    follow(machine, schedule, {
      before: (agent) => kept.happens(nextOf(machine, agent)),
      after: () => undefined,
    });
    this.steps += machine.step;
    return !kept.isBroken && kept.isForced;
  }

  private *inOrder(executions: number): Generator<number> {
    const telling = this.telling.filter((index) => index < executions);
    yield* telling;
    for (let index = 0; index < executions; index++) if (!telling.includes(index)) yield index;
  }

  /** A pure function of the orderings and the index. */
  private outcome(decider: ForcedDecider, index: number): Outcome {
    const { machine } = this;
    this.executed++;
    this.random.seed(1, STREAM, index);
    decider.begin(index);
    drive(machine, decider);
    this.steps += machine.step;
    this.onSteps(this.steps);
    const isOver = !decider.isBroken && !decider.isStuck && judgeEnd(machine);
    if (!isOver || !decider.isForced) return 'neither';
    if (machine.violation === null) return decider.isPremised ? 'none' : 'neither';
    return machine.violation.class === this.wanted ? 'violation' : 'neither';
  }
}

/** What executions have in common with a witness beside an order. */
export function premiseOf(schedule: readonly number[]): Premise {
  const environment = new Map<number, number>();
  const choices = new Map<number, number[]>();
  for (const { agent, choices: answers } of picksOf(schedule)) {
    if (isEnvironment(agent)) environment.set(agent, (environment.get(agent) ?? 0) + 1);
    choices.set(agent, [...(choices.get(agent) ?? []), ...answers]);
  }
  return { environment, choices };
}
