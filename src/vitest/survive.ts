import type { Verdict } from '../explore/api.js';
import { forgetRunners } from '../explore/batch.js';
import { hunt } from '../explore/hunt.js';
import { InlinePool } from '../explore/inline-pool.js';
import { strategies } from '../explore/strategies/index.js';
import { knownOf } from '../known/of-variant.js';
import { setOwnPrograms } from '../programs/own.js';
import { madePrograms, type PlainProgram } from '../programs/plain-program.js';
import { causeOf } from '../replay/cause-of.js';
import { explained } from '../replay/explained.js';
import { catalogue } from '../scenarios/catalogue/index.js';
import { setOwnVariants } from '../variants/own.js';
import type { Variant } from '../variants/variant.js';
import type { Finding, MemoryModel } from '../vocabulary/finding.js';
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

export interface Survival {
  readonly verdict: Verdict;
  readonly finding: Finding | null;
}

const EXECUTIONS_DEFAULT = 10_000;

/** Hunts in this thread; the subject must be known (`knowing`). Throws a TypeError for a strategy that does not exist. */
export async function survive(subject: Survivor, options: SurviveOptions = {}): Promise<Survival> {
  const plan = {
    strategies: strategiesOf(options.strategy),
    seed: options.seed ?? 1,
    memory: options.memory ?? 'tso',
    executions: options.executions ?? EXECUTIONS_DEFAULT,
    jobs: 1,
    pool: new InlinePool(causeOf),
  };
  if (isProgram(subject)) return explained(await hunt({ ...plan, program: subject.name }));
  const { name: variant } = subject;
  const { scenarios = catalogue } = options;
  // What is known of the kernel beneath is no failure of what is made of it.
  return explained(await hunt({ ...plan, variant, scenarios, known: knownOf(variant, scenarios) }));
}

/** What is being judged now; tests may do so at the same time. */
const judged = new Set<{ readonly subject: Survivor }>();

/**
 * Makes the subject known by its name, as requests and findings name it, for as long as `work` takes. Throws a TypeError for what cannot be
 * judged, or while another one of the same name is.
 */
export async function knowing<T>(subject: Survivor, work: () => Promise<T>): Promise<T> {
  if (!isProgram(subject) && !isVariant(subject)) throw new TypeError('toSurvive judges what plainProgram or defineVariant returns');
  for (const { subject: other } of judged) {
    if (other !== subject && other.name === subject.name)
      throw new TypeError(`another one named "${subject.name}" is being judged; give them names of their own, or await the first`);
  }
  const own = { subject };
  judged.add(own);
  publish();
  try {
    return await work();
  } finally {
    judged.delete(own);
    publish();
  }
}

function publish(): void {
  forgetRunners();
  const subjects = [...judged].map(({ subject }) => subject);
  setOwnPrograms(subjects.filter(isProgram));
  setOwnVariants(subjects.filter((subject): subject is Variant => !isProgram(subject)));
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
    if (!known.includes(name)) throw new TypeError(`there is no strategy "${name}"; there are ${known.join(', ')}`);
  }
  return names;
}
