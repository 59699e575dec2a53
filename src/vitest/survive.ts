import { type HuntAnswer, hunt } from '../api/hunt.js';
import { isProgram, type Subject } from '../api/subject.js';
import { strategies } from '../explore/strategies/index.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { Scenario } from '../vocabulary/scenario.js';

/** What a test asks to survive, and how hard it is tried. */

export interface SurviveOptions {
  /**
   * How many executions; the test fails where its own time limit leaves no time for them. Default: as many as
   * it leaves time for, at most 10,000.
   */
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
export type Survivor = Subject;

const EXECUTIONS_DEFAULT = 10_000;

/**
 * Hunts in this thread, for `budgetMs` milliseconds at most. Throws a TypeError for a strategy that does not
 * exist.
 */
export async function survive(
  subject: Survivor,
  options: SurviveOptions = {},
  budgetMs?: number,
): Promise<HuntAnswer> {
  const { strategy, seed, memory, scenarios, executions = EXECUTIONS_DEFAULT } = options;
  const plan = { strategies: strategiesOf(strategy), seed, memory, executions, budgetMs };
  return hunt(isProgram(subject) ? { ...plan, program: subject } : { ...plan, variant: subject, scenarios });
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
