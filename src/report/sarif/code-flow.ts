/** An execution as a SARIF code flow: a thread flow for each CPU, and the order among all of them. */

import type { TraceStep } from '../../explain/trace-step.js';
import { visible } from '../escape.js';
import { physical } from './locations.js';
import type { SarifCodeFlow, SarifFlowLocation, SarifLocation } from './sarif.js';

/** Readers list every location: of a long execution those around the steps that decide. */
const LOCATIONS_MAX = 1_000;
/** Steps kept on either side of a deciding one where there are more. */
const CONTEXT = 20;

export function codeFlow(trace: readonly TraceStep[]): SarifCodeFlow {
  const shown = trace.length <= LOCATIONS_MAX ? trace : aroundDeciding(trace);
  const cpus = [...new Set(shown.map(({ cpu }) => cpu))].sort((a, b) => a - b);
  return {
    threadFlows: cpus.map((cpu) => ({
      id: `CPU${cpu}`,
      message: { text: `CPU${cpu}` },
      locations: shown.filter((step) => step.cpu === cpu).map(flowLocation),
    })),
  };
}

function aroundDeciding(trace: readonly TraceStep[]): TraceStep[] {
  const near = new Set<number>();
  for (const [index, { deciding }] of trace.entries())
    if (deciding !== null) for (let at = index - CONTEXT; at <= index + CONTEXT; at++) near.add(at);
  return trace.filter((_, index) => near.has(index)).slice(-LOCATIONS_MAX);
}

function flowLocation(step: TraceStep): SarifFlowLocation {
  const { deciding, isCause, functions, site, judgedAt, handlerDepth, text } = step;
  const place = judgedAt ?? site;
  const said = deciding === null ? text : `${text}: ${deciding}`;
  const location: SarifLocation = {
    ...(place === null ? {} : physical(place)),
    ...(functions.length === 0
      ? {}
      : { logicalLocations: [{ name: visible(functions.at(-1) ?? ''), kind: 'function' }] }),
    message: { text: visible(said) },
  };
  return {
    location,
    // In the order in which the CPUs took them; SARIF counts from 0.
    executionOrder: step.step,
    nestingLevel: handlerDepth + functions.length,
    importance: isCause === true || deciding !== null ? 'essential' : 'unimportant',
    kinds: [step.agent],
  };
}
