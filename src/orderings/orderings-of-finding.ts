import type { Modules } from '../bundle/modules.js';
import { decodeSchedule } from '../drive/schedule.js';
import type { AgentKind } from '../machine/agents.js';
import { AGENTS, BUFFER_AGENT, cpuOfAgent, kindOfAgent } from '../machine/agents.js';
import { STEP_DRAIN } from '../machine/op-kinds.js';
import type { Program } from '../machine/program.js';
import { programOf } from '../programs/subject.js';
import { replayFinding } from '../replay/replay-finding.js';
import { InputError } from '../vocabulary/errors.js';
import { type Finding, isProgramFinding } from '../vocabulary/finding.js';
import type { Place } from '../vocabulary/told.js';
import { ForcedExecutions } from './forced-executions.js';
import { ORDERING_LIMITS, type SufficientLimits } from './limits.js';
import type { WitnessStep } from './ordering.js';
import { sufficientOrderings } from './sufficient.js';

/** Which order of which steps is all that a finding's violation needs. */

/** A step of the witness, as people read it. */
export interface OrderedStep {
  /** Its index; null of one that has not been when the witness ends. */
  readonly step: number | null;
  readonly cpu: number;
  readonly agent: AgentKind['who'];
  readonly text: string;
  readonly place: Place | null;
}

export interface ToldOrdering {
  readonly before: OrderedStep;
  readonly after: OrderedStep;
  /**
   * The forced execution that ends with nothing wrong where only the others hold; null: without it they never
   * came true, or that was not tried any more (`isWhole`).
   */
  readonly without: number | null;
}

export interface FindingOrderings {
  /** Null where not even the order of all steps is known to force the violation. */
  readonly orderings: readonly ToldOrdering[] | null;
  /** Whether all was tried: else the steps that it may take were used up, and fewer orderings may suffice. */
  readonly isWhole: boolean;
  /** Executions in which they were forced, and those in which all of them came true: each failed. */
  readonly forced: number;
  readonly failing: number;
  /** All that were executed to find them. */
  readonly executed: number;
}

/** Beyond so many, one try of all orderings takes as long as the whole is to take. */
const WITNESS_STEPS_MAX = 20_000;

/** Throws InputError for a finding that does not replay, or goes on without end. */
export function orderingsOf(
  finding: Finding,
  modules: Modules,
  limits: SufficientLimits = ORDERING_LIMITS,
): FindingOrderings {
  const { trace, reproduced, reason } = replayFinding(finding, true, modules);
  if (!reproduced) throw new InputError(`not reproduced: ${reason}`, 'give a finding that replays');
  if (finding.violation.class === 'livelock')
    throw new InputError('a livelock has no end that an order could lead to', 'give another finding');
  const subject = isProgramFinding(finding)
    ? { program: finding.program }
    : { variant: finding.variant, scenario: finding.scenario };
  const { memory, schedule, violation, steps } = finding;
  if (steps > WITNESS_STEPS_MAX)
    throw new InputError(`it has ${steps} steps`, `minimise it to at most ${WITNESS_STEPS_MAX} first`);
  const executions = new ForcedExecutions(
    ...([subject, memory, decodeSchedule(schedule), violation.class, modules] as const),
  );
  const found = sufficientOrderings(executions, executions.witness(), limits);
  const { program } = programOf(subject, modules);
  const told = (step: WitnessStep): OrderedStep => {
    const seen = trace.find((one) => one.step === step.step);
    const isShown = seen !== undefined && (step.kind !== STEP_DRAIN || seen.agent === 'buffer');
    const { cpu, agent, text } = isShown ? seen : unseen(step, program);
    return { step: seen?.step ?? null, cpu, agent, text, place: isShown ? seen.site : null };
  };
  return {
    orderings:
      found.orderings?.map(({ ordering: { before, after }, without }) => ({
        ...{ before: told(before), after: told(after), without },
      })) ?? null,
    ...{ isWhole: found.isWhole, forced: found.forced, failing: found.failing },
    executed: executions.executed,
  };
}

/** What no step of the witness is by itself, in words: it has not been, or a barrier of its CPU's did it. */
function unseen({ agent, operand }: WitnessStep, { layout }: Program) {
  const kind = kindOfAgent(agent);
  const { who } = AGENTS[kind];
  const text =
    kind === BUFFER_AGENT ? `store to ${layout.nameOf(operand)} reaches memory` : 'what it would do next';
  return { cpu: cpuOfAgent(agent), agent: who, text };
}
