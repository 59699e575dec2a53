import { agentOf, BUFFER_AGENT, CPU_AGENT, cpuOfAgent, kindOfAgent } from '../machine/agents.js';
import type { CorrectExecution, ForcedExecutions } from './forced-executions.js';
import type { SufficientLimits } from './limits.js';
import { allOrderings, type Ordering, type WitnessStep, type WitnessSteps } from './ordering.js';

/**
 * A minimal set of orderings that suffices: every execution in which they come true ends in the violation, as
 * far as executions were tried, and without any one of them one does not.
 *
 * From all orderings of the witness, those that are not needed are left out, largest parts first (after
 * Zeller's ddmin); then each that is left is made as weak as it can be: its first step as early as it may
 * come in its agent's course, its second as late. A pure function of its input.
 */

export interface Sufficient {
  /** Null: not even all orderings of the witness are known to suffice. */
  readonly orderings: readonly NeededOrdering[] | null;
  /** Whether all was tried that was to be; without it fewer may suffice, and nothing is known of null. */
  readonly isWhole: boolean;
  /** Executions that were forced in the end, and in how many all came true: these came to the violation. */
  readonly forced: number;
  readonly failing: number;
}

export interface NeededOrdering {
  readonly ordering: Ordering;
  /** The execution that ends with nothing wrong where all others are forced; null: none seen. */
  readonly without: CorrectExecution | null;
}

/** Of the steps that all executions may take, those in which fewer orderings are looked for. */
const SEARCHING = 0.75;

export function sufficientOrderings(
  executions: ForcedExecutions,
  witness: WitnessSteps,
  { perTrial, executions: inTheEnd, steps }: SufficientLimits,
): Sufficient {
  for (let trial = perTrial; ; trial = inTheEnd) {
    executions.stepsMax = executions.steps + (steps - executions.steps) * SEARCHING;
    const found = smallest(executions, witness, trial);
    const isMinimal = !executions.isSpent;
    if (found === null) return { orderings: null, isWhole: isMinimal, forced: 0, failing: 0 };
    executions.stepsMax = steps;
    const { correct, failing, executions: forced } = executions.run(found, inTheEnd);
    // What so many executions did not show more of them do: with so many each time, then.
    if (correct !== null && trial < inTheEnd) continue;
    if (isMinimal) return needed(executions, found, { forced, failing });
    const orderings = found.map((ordering) => ({ ordering, without: null }));
    return { orderings, isWhole: false, forced, failing };
  }
}

/** Without those of which so many executions do not show that they are needed. */
function needed(
  executions: ForcedExecutions,
  found: readonly Ordering[],
  { forced, failing }: Pick<Sufficient, 'forced' | 'failing'>,
): Sufficient {
  let best = found;
  let came = failing;
  for (const ordering of found) {
    const run = executions.run(without(best, ordering), forced);
    // What never comes true without it says nothing.
    if (!run.isWhole || run.correct !== null || run.failing === 0) continue;
    best = without(best, ordering);
    came = run.failing;
  }
  const orderings = best.map((ordering): NeededOrdering => {
    const { correct } = executions.run(without(best, ordering), forced);
    return { ordering, without: correct };
  });
  return { orderings, isWhole: !executions.isSpent, forced, failing: came };
}

function smallest(executions: ForcedExecutions, witness: WitnessSteps, trial: number): Ordering[] | null {
  let best = allOrderings(witness);
  const steps = [...witness.steps, ...witness.left];
  const suffices = (orderings: readonly Ordering[]): boolean => executions.suffice(orderings, trial);
  if (!suffices(best)) return null;
  for (let size = best.length >> 1; size >= 1; size >>= 1)
    for (let from = 0; from < best.length && !executions.isSpent; ) {
      const fewer = [...best.slice(0, from), ...best.slice(from + size)];
      if (suffices(fewer)) best = fewer;
      else from += size;
    }
  for (let i = 0; i < best.length && !executions.isSpent; i++) {
    const withOne = (one: Ordering): Ordering[] => best.with(i, one);
    const { before, after } = best[i];
    const earlier = courseOf(steps, before).filter(({ step }) => step < before.step);
    const first = weakest(earlier.toReversed(), (one) => suffices(withOne({ before: one, after })));
    best = withOne({ before: first ?? before, after });
    const later = courseOf(steps, after).filter(({ step }) => step > after.step);
    const last = weakest(later, (one) => suffices(withOne({ before: best[i].before, after: one })));
    best = withOne({ before: best[i].before, after: last ?? after });
  }
  return best;
}

/** All steps of the agent; a CPU's and its store buffer's are one course. */
function courseOf(steps: readonly WitnessStep[], { agent }: WitnessStep): WitnessStep[] {
  const course = courseNumber(agent);
  return steps.filter((step) => courseNumber(step.agent) === course);
}

function courseNumber(agent: number): number {
  return kindOfAgent(agent) === BUFFER_AGENT ? agentOf(cpuOfAgent(agent), CPU_AGENT) : agent;
}

/** The last of them that does, each being weaker than the one before it; null: not even the first. */
function weakest(steps: readonly WitnessStep[], does: (step: WitnessStep) => boolean): WitnessStep | null {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (does(steps[middle])) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : steps[low - 1];
}

function without(orderings: readonly Ordering[], one: Ordering): Ordering[] {
  return orderings.filter((other) => other !== one);
}
