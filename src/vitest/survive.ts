import { type Modules, NO_MODULES } from '../bundle/modules.js';
import { hunt } from '../explore/hunt.js';
import { InlinePool } from '../explore/inline-pool.js';
import { strategies } from '../explore/strategies/index.js';
import { knownOf } from '../known/of-variant.js';
import { hiddenBases } from '../programs/definitions.js';
import { madePrograms, type PlainProgram } from '../programs/plain-program.js';
import { causeOf } from '../replay/cause-of.js';
import { type Explained, explained } from '../replay/explained.js';
import { catalogue } from '../scenarios/catalogue/index.js';
import type { Variant } from '../variants/variant.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';

/** What a test asks to survive, and how hard it is tried. */

export interface SurviveOptions {
  /** How many executions. Default 10,000. */
  readonly executions?: number;
  /** Name of a strategy or several that alternate. Default: all of them. */
  readonly strategy?: string | readonly string[];
  /** Seed of every random choice. Default 1. */
  readonly seed?: number;
  /** `tso` (x86, the default) or `sc`. */
  readonly memory?: MemoryModel;
  /** For a variant: where it runs. Default: the catalogue of generic scenarios. */
  readonly scenarios?: readonly Scenario[];
  /** Directory for the finding of a violation. Default `findings`. */
  readonly out?: string;
}

/** A plain program, or a variant of the kernel (made by `defineVariant`, or found by `findVariant`). */
export type Survivor = PlainProgram | Variant;

const EXECUTIONS_DEFAULT = 10_000;

/** Hunts in this thread. Throws a TypeError for what cannot be judged, or a strategy that does not exist. */
export async function survive(subject: Survivor, options: SurviveOptions = {}): Promise<Explained> {
  const modules = modulesOf(subject);
  const plan = {
    strategies: strategiesOf(options.strategy),
    seed: options.seed ?? 1,
    memory: options.memory ?? 'tso',
    executions: options.executions ?? EXECUTIONS_DEFAULT,
    jobs: 1,
    pool: new InlinePool((request, witness) => causeOf(request, witness, modules), modules),
  };
  if (isProgram(subject)) return explained(await hunt({ ...plan, program: subject.name }), modules);
  const { name: variant } = subject;
  const { scenarios = catalogue } = options;
  // What is known of the kernel beneath is no failure of what is made of it.
  return explained(
    await hunt({ ...plan, variant, scenarios, known: knownOf(variant, scenarios, modules.variants) }),
    modules,
  );
}

/**
 * The subject as what is known by name, as requests and findings name it. Throws a TypeError for what cannot
 * be judged.
 */
export function modulesOf(subject: Survivor): Modules {
  if (isProgram(subject)) return { ...NO_MODULES, programs: [subject] };
  if (isVariant(subject)) return { ...NO_MODULES, variants: [subject, ...hiddenBases([subject])] };
  throw new TypeError('toSurvive judges what plainProgram or defineVariant returns');
}

export function isProgram(subject: unknown): subject is PlainProgram {
  return madePrograms.has(subject);
}

function isVariant(subject: unknown): subject is Variant {
  return typeof subject === 'object' && subject !== null && 'backend' in subject && 'features' in subject;
}

function strategiesOf(given: SurviveOptions['strategy']): string[] {
  const known = strategies.map(({ name }) => name);
  if (given === undefined) return known;
  const names = typeof given === 'string' ? given.split(',') : [...given];
  for (const name of names) {
    if (!known.includes(name))
      throw new TypeError(`there is no strategy "${name}"; there are ${known.join(', ')}`);
  }
  return names;
}
