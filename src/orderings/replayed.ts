import type { Modules } from '../bundle/modules.js';
import { encodeSchedule } from '../drive/schedule.js';
import type { OrderedMark, ReplayedOrderings } from '../explain/told-ordering.js';
import type { TraceStep } from '../explain/trace-step.js';
import type { Layout } from '../machine/layout.js';
import { programOf } from '../programs/subject.js';
import type { Difference } from '../replay/differences.js';
import type { OnFollowed } from '../replay/follow-recorded.js';
import { type Replay, replayFinding } from '../replay/replay-finding.js';
import type { Finding, FindingOrdering } from '../vocabulary/finding.js';
import { type Forced, ForcedExecutions } from './forced-executions.js';
import { namedStep, orderingsNamed } from './named.js';
import type { Ordering, WitnessStep, WitnessSteps } from './ordering.js';
import { toldOrderings } from './told.js';

/**
 * A finding's execution again, with its orderings: what the file says of them is looked at in that execution
 * and in others in which they are forced. Where the schedule leads to another execution, for the code has
 * changed, they are what is left of the finding: one of the others that fails is then told in its place.
 */

export interface OrderedReplay extends Replay {
  /** What led to the violation; null: nothing did. */
  readonly reproducedBy: 'schedule' | 'orderings' | null;
  /** Absent where the finding has none, or has them of another execution than its own. */
  readonly orderings?: ReplayedOrderings;
}

/** Executions, and steps of all of them: a replay is to take no longer for them. */
const EXECUTIONS = 100;
const STEPS_MAX = 1_000_000;

/** Throws as replayFinding. */
export function replayOrdered(finding: Finding, modules: Modules, onFollowed?: OnFollowed): OrderedReplay {
  const replay = replayFinding(finding, true, modules, onFollowed);
  const { orderings: said = [] } = finding;
  if (said.length === 0) return { ...replay, reproducedBy: replay.reproduced ? 'schedule' : null };
  const { layout } = programOf(finding, modules).program;
  const orderings = orderingsNamed(said, layout);
  const executions = ForcedExecutions.of(finding, modules);
  executions.stepsMax = STEPS_MAX;
  const asked = { finding, replay, executions, layout, modules };
  if (replay.reproduced) return alongSchedule(said, orderings, asked);
  return (orderings === null ? null : byOrderings(orderings, asked)) ?? { ...replay, reproducedBy: null };
}

interface Asked {
  readonly finding: Finding;
  readonly replay: Replay;
  readonly executions: ForcedExecutions;
  readonly layout: Layout;
  readonly modules: Modules;
}

/** The execution is the finding's: its orderings have to be of it. */
function alongSchedule(
  said: readonly FindingOrdering[],
  orderings: readonly Ordering[] | null,
  { finding, replay, executions, layout }: Asked,
): OrderedReplay {
  const reproduced = { ...replay, reproducedBy: 'schedule' as const };
  const wrong = wrongOrdering(said, orderings, executions.witness(), layout);
  if (wrong !== null || orderings === null)
    return { ...reproduced, differences: [...replay.differences, ...(wrong === null ? [] : [wrong])] };
  const forced = executions.run(orderings, EXECUTIONS);
  const correct = numberOf(forced.correct);
  const differences = correct === null ? [] : [insufficient(finding, correct)];
  return {
    ...reproduced,
    differences: [...replay.differences, ...differences],
    ...shown(orderings, replay.trace, layout, forced),
  };
}

/** Another execution, of what the code is now; null: none in which they come true is as the finding. */
function byOrderings(
  orderings: readonly Ordering[],
  { finding, replay, executions, layout, modules }: Asked,
): OrderedReplay | null {
  const forced = executions.run(orderings, EXECUTIONS, false);
  if (forced.failed === null)
    return { ...replay, reproducedBy: null, reason: `${replay.reason}; ${noneOf(finding, forced)}` };
  const again = replayFinding({ ...finding, schedule: encodeSchedule(forced.failed) }, true, modules);
  if (again.violation?.class !== finding.violation.class) return null;
  const there = placesIn(executions.witness(forced.failed));
  const here = (step: WitnessStep): WitnessStep => ({ ...step, step: there.get(keyOf(step)) ?? again.steps });
  const placed = orderings.map(({ before, after }) => ({ before: here(before), after: here(after) }));
  return {
    ...again,
    ...{ reproduced: true, reproducedBy: 'orderings', reason: replay.reason, differences: [] },
    ...shown(placed, again.trace, layout, forced),
  };
}

function shown(
  orderings: readonly Ordering[],
  steps: readonly TraceStep[],
  layout: Layout,
  { executions, failing, correct }: Forced,
): Pick<OrderedReplay, 'trace'> & { readonly orderings: ReplayedOrderings } {
  const marks = new Map<number, OrderedMark[]>();
  const told = toldOrderings(orderings, steps, layout);
  const mark = (step: number | null, ...one: OrderedMark[]): void => {
    if (step !== null) marks.set(step, [...(marks.get(step) ?? []), ...one]);
  };
  told.forEach(({ before, after }, i) => {
    mark(before.step, { ordering: i + 1, is: 'before', other: after.step });
    mark(after.step, { ordering: i + 1, is: 'after', other: before.step });
  });
  const trace = steps.map((step) => {
    const ordered = marks.get(step.step);
    return ordered === undefined ? step : { ...step, ordered };
  });
  return {
    trace,
    orderings: { orderings: told, forced: { executions, failing, correct: numberOf(correct) } },
  };
}

/** No search is made here that could know others. */
function numberOf(correct: Forced['correct']): number | null {
  return correct === 'searched' ? null : correct;
}

/** What the file says first of orderings that is not so in its execution; null: it is all so. */
function wrongOrdering(
  said: readonly FindingOrdering[],
  orderings: readonly Ordering[] | null,
  witness: WitnessSteps,
  layout: Layout,
): Difference | null {
  const there = placesIn(witness);
  for (const [i, ordering] of said.entries()) {
    for (const is of ['before', 'after'] as const) {
      const step = orderings?.[i][is];
      if (step !== undefined && there.get(keyOf(step)) === step.step) continue;
      const at = witness.steps.at(ordering[is].step);
      const seen = at === undefined ? 'no such step' : JSON.stringify(namedStep(at, layout));
      return { field: `orderings[${i}].${is}`, said: JSON.stringify(ordering[is]), shown: seen };
    }
    const [first, second] = [ordering.before.step, ordering.after.step];
    if (first >= second)
      return {
        field: `orderings[${i}]`,
        said: `step ${first} before step ${second}`,
        shown: 'another order',
      };
  }
  return null;
}

/** Where an execution has what it has, done or left to be done; by what and the how manieth time. */
function placesIn(witness: WitnessSteps): ReadonlyMap<string, number> {
  const overtaken = witness.overtaken.flatMap(({ before, after }) => [before, after]);
  const all = [...witness.steps, ...witness.left, ...overtaken];
  return new Map(all.map((step) => [keyOf(step), step.step]));
}

function keyOf({ agent, kind, operand, nth }: WitnessStep): string {
  return `${agent} ${kind} ${operand} ${nth}`;
}

function insufficient({ violation }: Finding, correct: number): Difference {
  return {
    field: 'orderings',
    said: `that they suffice for ${violation.class}`,
    shown: `forced execution ${correct}, in which they come true and nothing is wrong`,
  };
}

function noneOf({ violation }: Finding, { executions }: Forced): string {
  return `none of ${executions} executions in which its orderings were forced came to ${violation.class}`;
}
