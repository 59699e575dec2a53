import { checkScenario } from '../findings/schema.js';
import { DefinitionError, InputError } from '../vocabulary/errors.js';
import type { Scenario } from '../vocabulary/scenario.js';

/** What a scenario is made of; a name and scripts are enough. */
export type ScenarioSpec = Pick<Scenario, 'name' | 'scripts'> & Partial<Scenario>;

/** As the catalogue's scenarios mostly are. */
const MACHINE = { slots: 3, pcid: true, lazy: true, walks: 3 } as const;
const PAGES = 4;

/**
 * Makes a scenario: one script per CPU, of steps that `steps` has words for. Export it from a module and
 * `shootdown hunt MODULE --variant NAME` hunts in it.
 *
 * Defaults: a CPU per script, as many mms as the scripts name, 4 pages or as many as they touch, 3 ASID
 * slots, PCIDs, lazy TLB, 3 speculative walks. Throws a DefinitionError, one line with the path of the part,
 * for what makes no scenario.
 */
export function defineScenario(spec: ScenarioSpec): Scenario {
  const steps = Array.isArray(spec.scripts)
    ? spec.scripts.flat().filter((step) => typeof step === 'object' && step !== null)
    : [];
  const most = (values: readonly (number | undefined)[]): number =>
    Math.max(0, ...values.map((value) => value ?? 0));
  const mms = 1 + most(steps.map((step) => ('mm' in step ? step.mm : 'child' in step ? step.child : 0)));
  const pages = most(steps.map((step) => ('end' in step ? step.end : 'page' in step ? step.page + 1 : 0)));
  const scenario = {
    ...MACHINE,
    summary: '',
    cpus: Array.isArray(spec.scripts) ? spec.scripts.length : 0,
    mms: Array.from({ length: mms }, () => ({})),
    pages: Math.max(PAGES, pages),
    ...spec,
  };
  try {
    return checkScenario(scenario, `scenario "${String(spec.name)}"`);
  } catch (error) {
    throw error instanceof InputError ? new DefinitionError(error.what, null, error.remedy) : error;
  }
}
