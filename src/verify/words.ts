import { count, groupDigits } from '../report/text-columns.js';
import type { VerifyProgress, VerifyVerdict } from './api.js';

/** A verification in words. */

const MEBIBYTE = 2 ** 20;

/** The verdict's line: what is so, and of how much. */
export function verdictLine({
  variant,
  program,
  scenario,
  complete,
  completeWithinSwitches,
  bounds,
  violation,
  ended,
  depth,
  ...sizes
}: VerifyVerdict): string {
  const what = program ? variant : `${variant} in ${scenario}`;
  const looked = `${count(sizes.states, 'state')}, ${count(sizes.transitions, 'transition')}`;
  const seconds = `${sizes.seconds.toFixed(1)} s`;
  if (violation !== null)
    return (
      `${what}: ${violation} in ${count(depth, 'step')}, the fewest that any execution` +
      `${withinOf(bounds.switches)} needs ` +
      `(${looked}, ${seconds})`
    );
  if (completeWithinSwitches)
    return (
      `${what}: no violation in any execution${withinOf(bounds.switches)} (${looked}, at most ` +
      `${count(depth, 'step')} to a state, ${seconds}); others were not looked at`
    );
  if (complete)
    return (
      `${what}: no violation in any execution (${looked}, at most ${count(depth, 'step')} to a ` +
      `state, ${seconds})`
    );
  const why = { memory: 'the memory was used up', time: 'the time was over', interrupted: 'interrupted' }[
    ended ?? 'interrupted'
  ];
  const reached =
    `every execution of up to ${groupDigits(Math.max(0, depth - 1))} steps` +
    `${withinOf(bounds.switches)} was looked at ` +
    'and no violation met';
  return `${what}: not decided, ${why}: ${reached} (${looked}, ${seconds})`;
}

/** What the verdict rests on, a line each. */
export function verifyRestsOn({
  program,
  latent,
  memory,
  bounds,
  peakMemoryBytes,
  reductions,
  complete,
  violation,
}: VerifyVerdict): string[] {
  const buffers =
    memory === 'tso'
      ? `x86-TSO, store buffers of ${bounds.storeBufferDepth}, each draining in steps of its own`
      : 'sequential consistency: no store is ever delayed';
  const environment =
    `${count(bounds.walks, 'speculative walk')}, ` + `${count(bounds.preemptions, 'preemption')}`;
  return [
    ...latent.map(({ class: name, message }) => `latent ${name} in some execution: ${message}`),
    ...(complete && violation === null
      ? [
          'executions: all of them, with every delivery of interrupts and every answer of choose; none ' +
            'that is fair goes on without end',
        ]
      : []),
    ...(program ? [] : [`environment: up to ${environment}, wherever they come`]),
    `memory model: ${buffers}`,
    'search: breadth first, exact states, ' +
      `${reductions.length === 0 ? 'no reduction' : reductions.join(', ')}; ` +
      `${Math.ceil(peakMemoryBytes / MEBIBYTE)} MiB`,
    'machine: one operation a step, interrupts between any two; loads and stores keep the order in ' +
      'which they are written (no compiler)',
  ];
}

/** Of which executions, where switches are bounded. */
function withinOf(switches: number | null): string {
  if (switches === null) return '';
  return ` in which a CPU that could go on is taken off at most ${count(switches, 'time')}`;
}

export function progressWords(name: string, { states, expanded, depth, elapsedMs }: VerifyProgress): string {
  const rate = groupDigits(Math.round(states / Math.max(elapsedMs, 1)));
  const left = groupDigits(states - expanded);
  return (
    `${name}: ${groupDigits(states)} states, ${left} of them still to go, depth ` +
    `${groupDigits(depth)}, ${rate} k states/s`
  );
}
