/**
 * Which steps of an execution a timeline shows: all of them, or the ones around those that decide. Runs of
 * the others become gaps that say how many steps of which CPU they stand for.
 */

import type { TraceStep } from '../explain/trace-step.js';

export type TimelineItem =
  | { readonly kind: 'step'; readonly step: TraceStep }
  /** Steps left out, per CPU in the order in which they first moved. */
  | { readonly kind: 'gap'; readonly counts: ReadonlyMap<number, number> };

/** A run this short costs no more lines than the gap that would replace it. */
const SHORT_RUN = 2;
/** Steps shown before the end where nothing is marked as deciding. */
const LAST_STEPS = 12;

export function selectAll(steps: readonly TraceStep[]): TimelineItem[] {
  return steps.map((step) => ({ kind: 'step', step }));
}

/**
 * The steps of orderings; the deciding ones, `context` steps on either side of each, the step before on the
 * same CPU; the last step.
 */
export function selectAroundDeciding(steps: readonly TraceStep[], context: number): TimelineItem[] {
  const keep = new Uint8Array(steps.length);
  const keepAround = (index: number, before: number, after: number) => {
    keep.fill(1, Math.max(0, index - before), Math.min(steps.length, index + after + 1));
  };
  let isDecided = false;
  for (const [index, step] of steps.entries()) {
    if (step.ordered !== undefined) keep[index] = 1;
    if (step.deciding === null) continue;
    isDecided = true;
    keepAround(index, context, context);
    const before = previousOfSameCpu(steps, index);
    if (before !== -1) keep[before] = 1;
  }
  if (steps.length > 0) keepAround(steps.length - 1, isDecided ? 0 : LAST_STEPS - 1, 0);
  return withGaps(steps, keep);
}

function previousOfSameCpu(steps: readonly TraceStep[], index: number): number {
  for (let i = index - 1; i >= 0; i--) if (steps[i].cpu === steps[index].cpu) return i;
  return -1;
}

function withGaps(steps: readonly TraceStep[], keep: Uint8Array): TimelineItem[] {
  const items: TimelineItem[] = [];
  for (let i = 0; i < steps.length; ) {
    if (keep[i] === 1) {
      items.push({ kind: 'step', step: steps[i++] });
      continue;
    }
    let end = i;
    while (end < steps.length && keep[end] === 0) end++;
    const run = steps.slice(i, end);
    if (run.length <= SHORT_RUN) items.push(...selectAll(run));
    else items.push({ kind: 'gap', counts: countByCpu(run) });
    i = end;
  }
  return items;
}

export function countByCpu(steps: readonly TraceStep[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { cpu } of steps) counts.set(cpu, (counts.get(cpu) ?? 0) + 1);
  return counts;
}
