/**
 * When a reader is told what waits in store buffers. A burst of stores would repeat itself line by line, so a
 * CPU's buffer is told where another CPU's turn comes: from there the others see memory without those stores.
 */

import type { TraceStep } from '../explain/trace-step.js';
import { StateHistory } from './state-history.js';

export class WaitingStores {
  private readonly history: StateHistory;
  /** Steps after which another CPU, or its buffer, line, walker or host, moves. */
  private readonly turns = new Set<number>();
  private readonly told = new Map<number, string>();

  constructor(steps: readonly TraceStep[]) {
    this.history = new StateHistory([], steps);
    for (const [index, step] of steps.entries())
      if (steps[index + 1]?.cpu !== step.cpu) this.turns.add(step.step);
  }

  /**
   * `loaded_mm=SWITCHING, loaded_mm_asid=4` behind the step of a CPU, where it is news; else null. Asked in
   * the order of steps.
   */
  behind(step: TraceStep): string | null {
    if (!this.turns.has(step.step)) return null;
    const buffer = this.history.after(step.step, step.cpu)?.buffer ?? [];
    const text = buffer.join(', ');
    if (text === (this.told.get(step.cpu) ?? '')) return null;
    this.told.set(step.cpu, text);
    // A store that went into an empty buffer has just been told.
    const isStore =
      step.agent === 'cpu' &&
      step.states.some((state) => state.cpu === step.cpu && state.buffer.length === 1);
    return buffer.length === 0 || (isStore && step.isBuffered === true) ? null : text;
  }

  /** `CPU0: loaded_mm=SWITCHING`, for every CPU in whose buffer something waits after the step. */
  everywhere(step: TraceStep): string[] {
    return this.history.cpus.flatMap((cpu) => {
      const buffer = this.history.after(step.step, cpu)?.buffer ?? [];
      return buffer.length === 0 ? [] : [`CPU${cpu}: ${buffer.join(', ')}`];
    });
  }
}
