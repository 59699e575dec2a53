/**
 * What lasts over several steps, as bars beside a CPU's lane: a store that waits in the store buffer, an
 * entry of the TLB, how the CPU stands as others see it.
 */

import type { CpuState } from '../explain/cpu-state.js';
import type { Execution } from './reporters/hunt-report.js';

export interface Bar {
  readonly cpu: number;
  /** Which of the columns of its kind it stands in, from 0. */
  readonly slot: number;
  /** Indices of steps: the first and the last that it lasts to; -1: from before the first. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

type Lasting = Omit<Bar, 'slot'>;

/** Stores from the step that made them to the one in which they reach memory, or to the end. */
export function bufferBars({ trace, links }: Execution): Bar[] {
  const drains = new Map(links.flatMap(({ kind, from, to }) => (kind === 'drain' ? [[from, to]] : [])));
  const bars = trace.flatMap(({ cpu, isBuffered, text }, index): Lasting[] => {
    const to = drains.get(index);
    if (to === undefined && isBuffered !== true) return [];
    return [{ cpu, from: index, to: to ?? trace.length - 1, label: text }];
  });
  return slotted(bars);
}

/** Entries of TLBs from their fill until they are gone. */
export function tlbBars(execution: Execution): Bar[] {
  return slotted(lasting(execution, ({ tlb }) => tlb ?? []));
}

/** How a CPU stands: the mm that others see loaded, its PCID, whether it is lazy or taken off. */
export function stateBands(execution: Execution): Bar[] {
  return slotted(lasting(execution, ({ notes }) => (notes.length === 0 ? [] : [notes.join(', ')])));
}

/** What states list, from the step after which they do to the last after which they do. */
function lasting({ trace, start }: Execution, listed: (state: CpuState) => readonly string[]): Lasting[] {
  const bars: Lasting[] = [];
  const open = new Map<number, Map<string, number>>();
  const note = (index: number, state: CpuState): void => {
    const before = open.get(state.cpu) ?? new Map<string, number>();
    const now = new Set(listed(state));
    for (const [label, from] of before)
      if (!now.has(label)) {
        bars.push({ cpu: state.cpu, from, to: index, label });
        before.delete(label);
      }
    for (const label of now) if (!before.has(label)) before.set(label, index);
    open.set(state.cpu, before);
  };
  for (const state of start) note(-1, state);
  for (const [index, { states }] of trace.entries()) for (const state of states) note(index, state);
  for (const [cpu, left] of open)
    for (const [label, from] of left) bars.push({ cpu, from, to: trace.length - 1, label });
  return bars;
}

/** Bars of a CPU that last at the same time stand beside each other. */
function slotted(bars: readonly Lasting[]): Bar[] {
  const ends = new Map<number, number[]>();
  return [...bars]
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map((bar) => {
      const taken = ends.get(bar.cpu) ?? [];
      ends.set(bar.cpu, taken);
      const free = taken.findIndex((end) => end <= bar.from);
      const slot = free < 0 ? taken.length : free;
      taken[slot] = bar.to;
      return { ...bar, slot };
    });
}

/** How many columns bars of a CPU need. */
export function slotsOf(bars: readonly Bar[], cpu: number): number {
  return bars.reduce((most, bar) => (bar.cpu === cpu ? Math.max(most, bar.slot + 1) : most), 0);
}
