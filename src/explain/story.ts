import * as E from '../kernel/events.js';
import type { KernelConfig } from '../kernel/kernel-cpu.js';
import type { Machine } from '../machine/machine.js';
import * as K from '../machine/op-kinds.js';
import type { JudgedViolation } from '../vocabulary/violation.js';
import type { Cause, FlushCause } from './cause.js';
import type { Circumstance } from './circumstance.js';
import type { Explanation } from './explanation.js';
import type { KernelNames } from './names.js';
import type { RawStep } from './raw-step.js';
import { Traffic } from './traffic.js';

/** A part of the story: in words, for the cause, and the step that it is about. */
export interface Part {
  readonly words: string;
  readonly cause: FlushCause;
  readonly step: number;
  /** Other steps that the words speak of. */
  readonly also?: readonly RawStep[];
  /** The cause that was told of it before finer ones were known; see `Explanation.former`. */
  readonly former?: FlushCause;
}

/**
 * An execution that is told: its steps, which of them decide, and what the sentence says. The machine stands
 * where it ended.
 */
export class Story {
  private readonly deciding = new Map<number, string>();
  private readonly sentence: string[];
  private readonly told = new Set<number>();
  private known: Traffic | null = null;

  constructor(
    readonly machine: Machine,
    readonly kernel: KernelConfig,
    readonly steps: readonly RawStep[],
    readonly names: KernelNames,
    readonly violation: JudgedViolation,
  ) {
    this.sentence = [violation.message];
  }

  /** Who stored what, and who saw it. */
  get traffic(): Traffic {
    this.known ??= new Traffic(this.steps);
    return this.known;
  }

  /** The step decides; with an earlier reason for the same step the later one counts. */
  mark(step: RawStep, why: string): void {
    this.deciding.set(step.step, why);
  }

  /** The step decides for one more reason. */
  note(step: RawStep, why: string): void {
    const known = this.deciding.get(step.step);
    this.deciding.set(step.step, known === undefined ? why : `${known}; ${why}`);
  }

  /**
   * Whether the step can be marked beside at most `most` others; one that nothing has been told of makes
   * room.
   */
  makeRoom({ step }: RawStep, most: number): boolean {
    if (this.deciding.has(step) || this.deciding.size < most) return true;
    const last = this.steps.at(-1)?.step;
    const spare = [...this.deciding.keys()].find((index) => index !== last && !this.told.has(index));
    return spare !== undefined && this.deciding.delete(spare);
  }

  /** The first step that has been told of; 0 where none has. */
  get firstTold(): number {
    return this.told.size === 0 ? 0 : Math.min(...this.told);
  }

  /** Steps that decide, by their index. */
  get marked(): ReadonlyMap<number, string> {
    return this.deciding;
  }

  /** The sentence says so, of these steps; without words it has said it already. */
  tell(words: string, ...steps: readonly (RawStep | number)[]): void {
    if (words !== '') this.sentence.push(words);
    for (const step of steps) this.told.add(typeof step === 'number' ? step : step.step);
  }

  /** The first step after `from` that satisfies `wanted`. */
  after(from: number, wanted: (step: RawStep) => boolean): RawStep | undefined {
    return this.steps.find((step) => step.step > from && wanted(step));
  }

  before(until: number, wanted: (step: RawStep) => boolean): RawStep | undefined {
    return this.steps.findLast((step) => step.step < until && wanted(step));
  }

  /** The client operation returns, or frees a page: from here nobody may use what it took away. */
  returns(step: RawStep): boolean {
    return step.kind === K.OP_FREE_FRAME || step.events.some(({ kind }) => kind === E.EV_OPERATION);
  }

  /** What has been marked and told. `step`: the one that the cause speaks of. */
  end(
    cause: Cause,
    step: number | null,
    circumstance: Circumstance | null = null,
    former: Cause | null = null,
  ): Explanation {
    if (step !== null) this.told.add(step);
    const { deciding } = this;
    return {
      deciding,
      sentence: this.sentence.join('; '),
      cause,
      former,
      circumstance,
      causeStep: step,
      told: [...this.told],
    };
  }

  /** What has been told since its end, too. */
  more(ended: Explanation): Explanation {
    return {
      ...ended,
      sentence: this.sentence.join('; '),
      told: [...new Set([...ended.told, ...this.told])],
    };
  }

  /** Only what the oracle says is known. */
  unexplained(): Explanation {
    return this.end({ kind: 'outcome', facts: this.violation.facts }, null);
  }

  lastStepOnly(): Explanation {
    const last = this.steps.at(-1);
    if (last !== undefined) this.mark(last, this.violation.message);
    return this.unexplained();
  }
}
