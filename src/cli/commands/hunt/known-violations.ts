/**
 * `--baseline FILE`, `--baseline-by` and `--update-baseline`: what a hunt is told is known, and what it says
 * of it afterwards.
 */

import type { Verdict } from '../../../explore/api.js';
import {
  BASELINE_SCOPES,
  type BaselineScope,
  entriesBy,
  isSeen,
  type KnownViolation,
} from '../../../explore/known.js';
import type { BaselineEntry } from '../../../findings/baseline.js';
import type { HuntBaseline } from '../../../report/reporters/hunt-report.js';
import { InfrastructureError, InputError } from '../../../vocabulary/errors.js';
import type { MemoryModel } from '../../../vocabulary/finding.js';
import { isThere } from '../../../vocabulary/is-there.js';
import { oneOf } from '../../flag-values.js';
import { flag } from '../../options.js';

export const BASELINE_BY = flag(
  '--baseline-by <what>',
  'where an entry holds: scenario (its own), or cause (the same named cause in any; default: scenario)',
  (name) => oneOf(name, BASELINE_SCOPES),
);

export interface BaselineFlags {
  readonly baseline?: string;
  readonly baselineBy?: BaselineScope;
  readonly updateBaseline: boolean;
}

export class BaselineUse {
  private constructor(
    private readonly file: string,
    private readonly by: BaselineScope,
    private readonly entries: readonly BaselineEntry[],
    readonly isUpdated: boolean,
  ) {}

  /**
   * Null where no baseline is asked for. One to update may be missing; that it can be written is tried now,
   * not after the hunt.
   */
  static async open({
    baseline: file,
    baselineBy: by,
    updateBaseline,
  }: BaselineFlags): Promise<BaselineUse | null> {
    if (file === undefined) {
      if (updateBaseline)
        throw new InputError('--update-baseline: no baseline is named', 'give one with --baseline FILE');
      if (by !== undefined)
        throw new InputError('--baseline-by: no baseline is named', 'give one with --baseline FILE');
      return null;
    }
    const { readBaseline } = await import('../../../findings/baseline.js');
    if (updateBaseline) await add(file, []);
    else if (!isThere(file))
      throw new InputError(`--baseline: ${file} does not exist`, 'make it with --update-baseline');
    const { violations } = readBaseline(file);
    return new BaselineUse(file, by ?? 'scenario', violations, updateBaseline);
  }

  /** What a request for a hunt is told. */
  request(
    variant: string,
    memory: MemoryModel,
  ): { readonly known: readonly KnownViolation[]; readonly pastViolations: boolean } {
    return {
      known: entriesBy(
        this.by,
        this.entries.filter((entry) => entry.variant === variant && entry.memory === memory),
      ),
      pastViolations: this.isUpdated,
    };
  }

  /** After the hunts: writes what is new where asked to. Throws InfrastructureError. */
  async finish(verdicts: readonly Verdict[]): Promise<HuntBaseline> {
    const met = verdicts.flatMap(({ variant, memory, met: seen = [] }) =>
      // What has a name is known by that, in its own circumstance; an entry would pass over whatever else has
      // its cause.
      seen
        .filter(({ finding, knownFrom }) => finding === undefined && knownFrom === undefined)
        .map(
          ({ scenario, class: name, cause, namedCause = null }) =>
            ({ variant, memory, scenario, class: name, cause, namedCause }) as BaselineEntry,
        ),
    );
    const asked = entriesBy(this.by, this.entries);
    const notSeen = this.entries.filter((entry, index) =>
      verdicts.some(
        ({ variant, memory, scenarios, met: seen = [] }) =>
          variant === entry.variant &&
          memory === entry.memory &&
          scenarios.some(({ scenario }) => scenario === entry.scenario) &&
          !isSeen(asked[index], seen),
      ),
    );
    const { file, by, isUpdated } = this;
    const causeless = by === 'cause' ? this.entries.filter(({ namedCause }) => namedCause == null) : [];
    return { file, by, isUpdated, notSeen, causeless, added: isUpdated ? await addAfterHunt(file, met) : 0 };
  }
}

/** What was a baseline before the hunt, and can no longer be read, is no fault of the command line. */
async function addAfterHunt(file: string, entries: readonly BaselineEntry[]): Promise<number> {
  try {
    return await add(file, entries);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InfrastructureError(`cannot update the baseline: ${error.what}`, error.remedy);
  }
}

async function add(file: string, entries: readonly BaselineEntry[]): Promise<number> {
  return (await import('../../../findings/baseline-store.js')).addToBaseline(file, entries);
}
