/** How the moves of different agents are told apart: by a sign in front, and by colour. */

import type { TraceStep } from '../explain/trace-step.js';
import type { Colors } from './colors.js';

type Agent = TraceStep['agent'];

export const SIGNS: Readonly<Record<Agent, string>> = {
  cpu: '',
  buffer: '~ ',
  line: '! ',
  walker: '^ ',
  host: '# ',
  mmu: '* ',
};

const SIGN_MEANINGS: Readonly<Record<Agent, string>> = {
  cpu: '',
  buffer: '~ a store leaves the store buffer',
  line: '! an interrupt is delivered',
  walker: '^ the page walker moves',
  host: '# the host moves',
  mmu: '* a broadcast invalidation is carried out',
};

/** What the signs mean that occur in these steps; in a column of its own the host needs none. */
export function signMeanings(
  steps: readonly TraceStep[],
  isDetailed: boolean,
  hasHostColumn: boolean,
): string[] {
  const occurs = (agent: Agent): boolean =>
    steps.some(
      (step) => step.agent === agent || (isDetailed && agent === 'buffer' && step.drained.length > 0),
    );
  const parts = (['buffer', 'line', 'walker', 'host', 'mmu'] as const)
    .filter((agent) => occurs(agent) && !(agent === 'host' && hasHostColumn))
    .map((agent) => SIGN_MEANINGS[agent]);
  if (isDetailed && occurs('buffer')) parts.push('sb: stores that wait in the store buffer');
  if (steps.some((step) => step.handlerDepth > 0)) parts.push('¦ inside an interrupt handler');
  if (steps.some((step) => step.deciding !== null)) parts.push('> decides');
  return parts;
}

export function paintOf(step: TraceStep, colors: Colors): (text: string) => string {
  if (step.deciding !== null) return (text) => colors.bold(colors.yellow(text));
  if (step.agent === 'buffer') return colors.cyan;
  if (step.agent === 'line') return colors.magenta;
  if (step.agent === 'walker') return colors.blue;
  if (step.agent === 'host' || step.agent === 'mmu') return colors.magenta;
  return (text) => text;
}
