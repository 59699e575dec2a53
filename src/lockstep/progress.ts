import type { Machine } from '../machine/machine.js';

/**
 * What of an execution's progress is not in the machine's memory: it goes from thread to thread with the
 * turn.
 */

export const PROGRESS_WORDS = 4;

export function saveProgress(machine: Machine, into: Int32Array): void {
  into[0] = machine.step;
  into[1] = machine.totalCpuSteps;
  into[2] = machine.hash;
  into[3] = machine.walkerSteps;
}

export function loadProgress(machine: Machine, from: Int32Array): void {
  machine.step = from[0];
  machine.totalCpuSteps = from[1];
  machine.hash = from[2];
  machine.walkerSteps = from[3];
}
