/** How CPUs stand at any step of an execution, from the changes that its steps tell. */

import type { CpuState } from '../explain/cpu-state.js';
import type { TraceStep } from '../explain/trace-step.js';

export class StateHistory {
  /** Per CPU, in ascending order of steps; the start is step -1. */
  private readonly changes = new Map<number, { readonly step: number; readonly state: CpuState }[]>();
  /** In ascending order. */
  readonly cpus: readonly number[];

  constructor(start: readonly CpuState[], steps: readonly TraceStep[]) {
    for (const state of start) this.add(-1, state);
    for (const { step, states } of steps) for (const state of states) this.add(step, state);
    this.cpus = [...this.changes.keys()].sort((a, b) => a - b);
  }

  private add(step: number, state: CpuState): void {
    const known = this.changes.get(state.cpu);
    if (known === undefined) this.changes.set(state.cpu, [{ step, state }]);
    else known.push({ step, state });
  }

  /** After the step; null where nothing is known of the CPU by then. */
  after(step: number, cpu: number): CpuState | null {
    const changes = this.changes.get(cpu) ?? [];
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (changes[middle].step <= step) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : changes[low - 1].state;
  }
}
