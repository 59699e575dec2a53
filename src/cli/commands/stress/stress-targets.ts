/** What a stress run is of: a variant in scenarios, or plain programs of modules. */

import { count } from '../../../report/text-columns.js';
import type { StressTarget } from '../../../stress/stress-campaign.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { Engine, OwnDefinitions } from '../../engine-api.js';
import { selectStressScenarios, selectVariants } from '../../select.js';
import { requirePrograms } from '../hunt/hunt-targets.js';

export interface StressTargetFlags {
  readonly variant?: readonly string[];
  readonly program?: readonly string[];
  readonly scenario?: readonly string[];
  readonly cpus?: number;
}

export interface StressTargets {
  /** The variant, or the programs, by their names. */
  readonly name: string;
  readonly ofPrograms: boolean;
  readonly targets: readonly StressTarget[];
}

/** Programs, if they are named or the modules have nothing else; else one variant. Throws InputError. */
export async function selectStressTargets(
  engine: Engine,
  flags: StressTargetFlags,
  own: OwnDefinitions,
): Promise<StressTargets> {
  const onlyPrograms =
    own.programs.length > 0 &&
    own.variants.length === 0 &&
    flags.variant === undefined &&
    flags.scenario === undefined;
  if (flags.program !== undefined || onlyPrograms) return programTargets(flags, own);
  const given = flags.variant ?? own.variants;
  if (given.length !== 1) {
    const named = flags.variant !== undefined || given.length === 0 ? '' : ` of ${given.join(', ')}`;
    throw new InputError(
      `stress: give one variant${named} with --variant ("shootdown list variants" shows all)`,
    );
  }
  const [variant] = await selectVariants(engine, given);
  const refused = await engine.threads.refused(variant);
  if (refused !== null) throw new InputError(`stress: ${refused}`);
  const selected = await selectStressScenarios(engine, flags.scenario, flags.cpus, own.scenarios);
  const all = selected.map(({ scenario }) => scenario);
  const isNamed = flags.scenario !== undefined || own.scenarios.length > 0;
  const fitting = await engine.fittingScenarios([variant], isNamed ? all : undefined, all);
  const scenarios = selected.filter(({ scenario }) => fitting.includes(scenario));
  return {
    name: variant,
    ofPrograms: false,
    targets: scenarios.map((scenario) => ({ ...scenario, variant })),
  };
}

function programTargets({ program, cpus }: StressTargetFlags, own: OwnDefinitions): StressTargets {
  requirePrograms(program ?? [], own);
  const chosen = own.programs.filter(({ name }) => program?.includes(name) ?? true);
  const other = chosen.find((one) => cpus !== undefined && cpus !== one.cpus);
  if (other !== undefined)
    throw new InputError(
      `--cpus: program ${other.name} has ${count(other.cpus, 'CPU')}, one for each of its scripts`,
      'leave it out',
    );
  return {
    name: chosen.map(({ name }) => name).join(', '),
    ofPrograms: true,
    targets: chosen.map((one) => ({ ...one, program: one.name })),
  };
}
