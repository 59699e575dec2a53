import { FAIR_STEPS_MIN } from '../drive/fair.js';
import type { FairTail } from '../drive/fair-tail.js';
import type { RawStep } from '../explain/raw-step.js';

/** A round counts when it stands so often at the end. */
const ROUNDS_MIN = 3;

/**
 * Whether an execution that could go on makes no progress: for long everybody who could move moved in turn,
 * as a hunt lets an execution end; or for as long the same steps came again and again, and each round was
 * fair to everybody, as in a cycle that verify has found.
 */
export function isFairlyOver(steps: readonly RawStep[], fair: FairTail): boolean {
  if (fair.steps >= FAIR_STEPS_MIN) return true;
  const period = periodOf(steps);
  return period !== null && fair.isFairTo(period);
}

/** Steps of the shortest round that everybody's last steps consist of; null: there is none. */
function periodOf(steps: readonly RawStep[]): number | null {
  for (let period = 1; period * ROUNDS_MIN <= steps.length; period++) {
    const compared = Math.max(FAIR_STEPS_MIN, period * ROUNDS_MIN) - period;
    if (compared + period > steps.length) return null;
    let same = 0;
    while (same < compared && isSame(steps[steps.length - 1 - same], steps[steps.length - 1 - same - period]))
      same++;
    if (same === compared) return period;
  }
  return null;
}

function isSame(one: RawStep, other: RawStep): boolean {
  return (
    one.agent === other.agent &&
    one.kind === other.kind &&
    one.a === other.a &&
    one.b === other.b &&
    one.c === other.c &&
    one.d === other.d &&
    one.e === other.e &&
    one.value === other.value
  );
}
