import type { Scenario, ScriptStep } from '../vocabulary/scenario.js';

/**
 * What the threads of a run are sent of its scenario: with 256 CPUs, all of it for each of them would take
 * longer than to start them.
 */
export interface OwnParts {
  /**
   * The scenario with the one script that the CPU runs; of the others only what tells which mms they have
   * threads of.
   */
  of(cpu: number): Scenario;
  /** Equal for scenarios whose kernels are laid out alike: a thread then keeps the one that it has. */
  readonly key: string;
}

export function ownParts(scenario: Scenario): OwnParts {
  const outlines = scenario.scripts.map(outline);
  return {
    of: (cpu) => ({
      ...scenario,
      scripts: outlines.map((steps, id) => (id === cpu ? scenario.scripts[cpu] : steps)),
    }),
    key: JSON.stringify({ ...scenario, scripts: outlines }),
  };
}

/** The switches of a script, each once. */
function outline(script: readonly ScriptStep[]): ScriptStep[] {
  const mms = new Set(script.flatMap((step) => (step.op === 'run' ? [step.mm] : [])));
  return [...mms].map((mm) => ({ op: 'run', mm }));
}
