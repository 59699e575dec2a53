import type { OrderedStep, ToldOrdering } from '../explain/told-ordering.js';
import type { TraceStep } from '../explain/trace-step.js';
import { AGENTS, BUFFER_AGENT, cpuOfAgent, kindOfAgent } from '../machine/agents.js';
import type { Layout } from '../machine/layout.js';
import { STEP_DRAIN } from '../machine/op-kinds.js';
import type { Ordering, WitnessStep } from './ordering.js';

/** Orderings of an execution whose steps were told, as people read them. */
export function toldOrderings(
  orderings: readonly Ordering[],
  trace: readonly TraceStep[],
  layout: Layout,
): ToldOrdering[] {
  const first = trace[0]?.step ?? 0;
  const told = (step: WitnessStep): OrderedStep => {
    const seen = trace.at(step.step - first);
    const isShown = seen?.step === step.step && (step.kind !== STEP_DRAIN || seen.agent === 'buffer');
    const { cpu, agent, text } = isShown ? seen : unseen(step, layout);
    return {
      step: seen?.step === step.step ? step.step : null,
      ...{ cpu, agent, text, place: isShown ? seen.site : null },
    };
  };
  return orderings.map(({ before, after }) => ({ before: told(before), after: told(after) }));
}

/** What no step of the execution is by itself, in words: it has not been, or a barrier of its CPU did it. */
function unseen({ agent, operand }: WitnessStep, layout: Layout) {
  const kind = kindOfAgent(agent);
  const { who } = AGENTS[kind];
  const text =
    kind === BUFFER_AGENT ? `store to ${layout.nameOf(operand)} reaches memory` : 'what it would do next';
  return { cpu: cpuOfAgent(agent), agent: who, text };
}
