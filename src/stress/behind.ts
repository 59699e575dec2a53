import type { ScriptStep } from '../vocabulary/scenario.js';

/**
 * CPUs that get hardly anywhere while others run: no violation in itself (what is fair on real hardware is
 * not the machine's to say), but a run whose one CPU starved has tested less than it seems.
 */

/** A CPU far behind the others, in script steps. */
export interface CpuBehind {
  readonly cpu: number;
  readonly steps: number;
  /** Steps that the others made: their median. */
  readonly others: number;
  /** The share of the run that it slept in waits for words of the kernel, 0 to 1. */
  readonly waited: number;
  readonly scenario: string;
}

export interface CpuProgress {
  /** What its script does; null for a CPU without one. CPUs are compared with those that do the same. */
  readonly kind: string | null;
  readonly steps: number;
  readonly waited: number;
}

/** Others have made so many times the steps. Below that the system's time slices can be the cause. */
const FAR = 10;
/** A short run, or one in which nobody got far, says nothing. */
const OTHERS_MIN = 100;
/**
 * Where no other CPU does the same, steps cannot be compared: an munmap that waits for all CPUs takes a
 * thousand times as long as a load. Then it takes more, and next to nothing but waiting.
 */
const FAR_ALONE = 50;
const WAITED_ALONE = 0.95;

/** What a script does, pages and mms left out. */
export function kindOfScript(script: readonly ScriptStep[]): string | null {
  return script.length === 0 ? null : script.map(({ op }) => op).join(' ');
}

export function cpusBehind(scenario: string, cpus: readonly CpuProgress[]): CpuBehind[] {
  return cpus.flatMap(({ kind, steps, waited }, cpu) => {
    if (kind === null) return [];
    const rest = cpus.filter((_, id) => id !== cpu);
    const alike = rest.filter((other) => other.kind === kind);
    const compared = alike.length > 0 ? alike : rest.filter((other) => other.kind !== null);
    const others = median(compared.map((other) => other.steps));
    const far = alike.length > 0 ? FAR : FAR_ALONE;
    const isBehind =
      others >= OTHERS_MIN &&
      others >= far * Math.max(1, steps) &&
      (alike.length > 0 || waited >= WAITED_ALONE);
    return isBehind ? [{ cpu, steps, others, waited, scenario }] : [];
  });
}

/** The lower of the two in the middle: of two CPUs the slower one. 0 for none. */
function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1];
}
