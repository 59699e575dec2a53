/** From the names that users give to what they name: variants, scenarios, strategies. */

import { visible } from '../report/escape.js';
import { unknownName } from '../report/near-names.js';
import type { LabelledLine } from '../report/witness-words.js';
import { requireCold } from '../scenarios/cold.js';
import type { StressScenario } from '../stress/stress-campaign.js';
import { switchedName } from '../variants/switched-name.js';
import { InputError } from '../vocabulary/errors.js';
import { isForAll, type Scenario } from '../vocabulary/scenario.js';
import type { Engine } from './engine-api.js';

/** A scenario with its number of CPUs, of whatever variant. */
type SizedScenario = Omit<StressScenario, 'variant'>;

/** Variant names, aliases resolved, each once, in the order given. */
export async function selectVariants(engine: Engine, given: readonly string[]): Promise<string[]> {
  const selected = new Set<string>();
  for (const name of given) {
    const found = await engine.findVariant(name);
    if (found === null) {
      const reason = await engine.senseless(name);
      if (reason !== null) throw new InputError(`--variant: ${visible(name)} makes no sense: ${reason}`);
      await requireFeatures(engine, name);
      const known = (await engine.variants()).flatMap((variant) => [variant.name, ...variant.aliases]);
      throw unknownName('variant', name, known, 'variants');
    }
    selected.add(found);
  }
  return [...selected];
}

/**
 * Of `NAME+feature~feature` the part that is unknown may be a feature: then that is the mistake, and its own
 * near names help.
 */
async function requireFeatures(engine: Engine, name: string): Promise<void> {
  const { base, switched } = switchedName(name);
  if (switched.length === 0 || (await engine.findVariant(base)) === null) return;
  const known = (await engine.features()).map((feature) => feature.name);
  const unknown = switched.find(
    (part) => !known.some((feature) => feature.toLowerCase() === part.feature.toLowerCase()),
  );
  if (unknown !== undefined) throw unknownName('feature', unknown.feature, known, 'features');
}

export interface SelectedScenarios {
  readonly scenarios: readonly Scenario[];
  /** What to tell before the hunt: where an imported scenario comes from. */
  readonly description: readonly LabelledLine[];
}

export const TRACE_PREFIX = 'trace:';

/**
 * Scenarios by name or `trace:FILE`; the whole catalogue where none is given. The small ones, which all
 * executions are looked at of, are taken where they are named: what is proved of one can be sampled too.
 * `windows`: at most so many of a recording; `own`: a module's.
 */
export async function selectScenarios(
  engine: Engine,
  given: readonly string[] | undefined,
  window: string | null,
  windows = 1,
  own: readonly Scenario[] = [],
): Promise<SelectedScenarios> {
  if (window !== null && !given?.some((name) => name.startsWith(TRACE_PREFIX))) {
    throw new InputError(
      '--window: there is no recording to cut it from',
      'give one with --scenario trace:FILE',
    );
  }
  const catalogue = await engine.scenarios();
  if (given === undefined) {
    const scenarios = catalogue.filter(isForAll);
    return { scenarios, description: [] };
  }
  const named = [...catalogue, ...(await engine.verifyScenarios())];
  const scenarios: Scenario[] = [];
  const description: LabelledLine[] = [];
  for (const name of new Set(given)) {
    if (name.startsWith(TRACE_PREFIX)) {
      const file = name.slice(TRACE_PREFIX.length);
      if (file === '')
        throw new InputError(
          '--scenario: "trace:" names no file',
          'give one, such as trace:recording.trace.gz',
        );
      const several = window === null && windows > 1;
      for (const imported of several
        ? await engine.importTraces(file, windows)
        : [await engine.importTrace(file, window)]) {
        scenarios.push(imported.scenario);
        description.push(...imported.description);
      }
      continue;
    }
    const scenario =
      own.find((candidate) => candidate.name === name) ??
      named.find((candidate) => candidate.name === name.toLowerCase());
    const known = [...own, ...named].map((candidate) => candidate.name);
    if (scenario === undefined) throw unknownName('scenario', name, known, 'scenarios');
    scenarios.push(scenario);
  }
  return { scenarios, description };
}

/**
 * Scenarios for threads, each with its number of CPUs: catalogue names, `trace:FILE`, or those that are made
 * for a number of CPUs. Without a name the modules' own, or the whole catalogue; without a number each
 * scenario's own (two for those that are made for any).
 */
export async function selectStressScenarios(
  engine: Engine,
  given: readonly string[] | undefined,
  cpus: number | undefined,
  own: readonly Scenario[] = [],
): Promise<SizedScenario[]> {
  const made = await engine.threads.scenarios();
  const asked = given ?? (own.length === 0 ? undefined : own.map(({ name }) => name));
  const known = asked?.filter((name) => !made.some((scenario) => scenario.name === name));
  const selected: SizedScenario[] = (asked ?? []).flatMap((name) => {
    const scenario = made.find((candidate) => candidate.name === name);
    return scenario === undefined ? [] : [{ name, cpus: cpus ?? 2, scenario: scenario.make(cpus ?? 2) }];
  });
  if (known !== undefined && known.length === 0) return selected;
  const { scenarios } = await selectScenarios(engine, known, null, 1, own);
  for (const scenario of scenarios) requireCold(scenario);
  return [
    ...selected,
    ...scenarios.map((scenario) => ({ name: scenario.name, cpus: cpus ?? scenario.cpus, scenario })),
  ];
}

/** Strategy names; all of them where none is given. */
export async function selectStrategies(
  engine: Engine,
  given: readonly string[] | undefined,
): Promise<string[]> {
  const known = (await engine.strategies()).map(({ name }) => name);
  if (given === undefined) return known;
  for (const name of given)
    if (!known.includes(name)) throw unknownName('strategy', name, known, 'strategies');
  return [...new Set(given)];
}
