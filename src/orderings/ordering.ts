import type { Happening } from './happening.js';

/**
 * One step of an execution comes before another. Both are steps of the witness, by their index there; the
 * second may be one that has not been when that ends.
 */
export interface Ordering {
  readonly before: WitnessStep;
  readonly after: WitnessStep;
}

export interface WitnessStep extends Happening {
  readonly step: number;
}

/** What the execution needs beside an order: what the environment does in it, and what is chosen. */
export interface Premise {
  /** By agent of the environment: its steps. */
  readonly environment: ReadonlyMap<number, number>;
  /** By agent: the answers that it is given, in order. */
  readonly choices: ReadonlyMap<number, readonly number[]>;
}

/** An execution, step by step. */
export interface WitnessSteps {
  readonly steps: readonly WitnessStep[];
  /** What agents that could have moved would have done next when it ended. */
  readonly left: readonly WitnessStep[];
  /** What a CPU stood before when an interrupt or its host came in between, and that step. */
  readonly overtaken: readonly Ordering[];
}

/**
 * The orderings that leave an execution no other order: of stretches of one agent each, the last step of one
 * comes before the first of the next; an interrupt comes before what it interrupts; what was left comes
 * behind the last.
 */
export function allOrderings({ steps, left, overtaken }: WitnessSteps): Ordering[] {
  const between = steps.flatMap((after, i) => {
    const before = steps[i - 1];
    return before === undefined || before.agent === after.agent ? [] : [{ before, after }];
  });
  const last = steps.at(-1);
  if (last === undefined) return [];
  return [...between, ...overtaken, ...left.map((after) => ({ before: last, after }))];
}
