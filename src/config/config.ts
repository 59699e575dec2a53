/** What a `shootdown.config.ts` says, as its author writes it. */

import type { BaselineScope } from '../explore/known.js';
import type { MemoryModel } from '../vocabulary/finding.js';
import type { HarmClass } from '../vocabulary/violation-facts.js';

/** `'30s'`, `'500ms'`, `'2m'`, `'1h'`; a number is seconds. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`;

/** What a run is for: a change that is to be judged soon, or a long search of many executions. */
export const MODES = ['change', 'batch'] as const;
export type Mode = (typeof MODES)[number];

/** One value for every mode, or one for each. */
export type ByMode<Value> = Value | Readonly<Partial<Record<Mode, Value>>>;

/**
 * What is to come of a project's subjects, each of them: no violation that is new; a violation of a class,
 * which shows that the hunt finds what it should; or an open finding of the kernel, by the names of
 * `shootdown list findings`, and nothing else.
 */
export type Expectation = 'clean' | `violation:${HarmClass}` | `known:${string}`;

/** How long is hunted: each limit is that of one variant or program. */
export interface LimitsSpec {
  /** Default: 30 s for a change, 10 minutes for a batch, or none where `executions` says how many. */
  readonly budget?: ByMode<Duration>;
  readonly executions?: ByMode<number>;
}

/** What is hunted and what is to come of it. Names are those that flags of `hunt` take. */
export interface ProjectSpec extends LimitsSpec {
  /** Letters, digits, dots, dashes: `--project NAME` chooses it. */
  readonly name: string;
  /** Modules, as paths from the configuration's directory. Those of all projects are known to each. */
  readonly modules?: string | readonly string[];
  readonly variant?: string | readonly string[];
  readonly program?: string | readonly string[];
  /** Default: the catalogue's that are usual for the variant. */
  readonly scenario?: string | readonly string[];
  /** Default: all. */
  readonly strategy?: string | readonly string[];
  /** Default `clean`. */
  readonly expect?: Expectation;
  /** A variant that changes nothing of its base is no failure. */
  readonly allowNoEffect?: boolean;
}

/** What projects have in common. Paths are from the configuration's directory; flags of `run` win. */
export interface ConfigSpec extends LimitsSpec {
  readonly projects: readonly ProjectSpec[];
  /** Names of reporters. Default: `default`. */
  readonly reporters?: readonly string[];
  /** Files of those that are documents, by the reporter's name. */
  readonly reporterFiles?: Readonly<Record<string, string>>;
  /** Directory of the html report. */
  readonly reportDir?: string;
  /** Directory of finding files. */
  readonly out?: string;
  /** Violations that are known, a file of `hunt --update-baseline`. */
  readonly baseline?: string;
  /** Where an entry holds: in its own `scenario` (default), or by `cause` in any; see docs/ci.md. */
  readonly baselineBy?: BaselineScope;
  /** Directory in which batches are kept; a change goes past what they met. */
  readonly corpus?: string;
  readonly strategy?: string | readonly string[];
  readonly seed?: number;
  readonly memory?: MemoryModel;
}

/** Names under which a configuration is looked for, in this order. */
export const CONFIG_NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `shootdown.config.${ending}`);
