/**
 * `--baseline FILE` and `--update-baseline`: what a hunt is told is known, and what it says of it afterwards.
 */

import type { Verdict } from '../../../explore/api.js';
import { type KnownViolation, sameViolation } from '../../../explore/known.js';
import type { BaselineEntry } from '../../../findings/baseline.js';
import type { HuntBaseline } from '../../../report/reporters/hunt-report.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { MemoryModel } from '../../../vocabulary/finding.js';
import { isThere } from '../../../vocabulary/is-there.js';

export interface BaselineFlags {
  readonly baseline?: string;
  readonly updateBaseline: boolean;
}

export class BaselineUse {
  private constructor(
    private readonly file: string,
    private readonly entries: readonly BaselineEntry[],
    readonly isUpdated: boolean,
  ) {}

  /**
   * Null where no baseline is asked for. One to update may be missing; that it can be written is tried now,
   * not after the hunt.
   */
  static async open({ baseline: file, updateBaseline }: BaselineFlags): Promise<BaselineUse | null> {
    if (file === undefined) {
      if (updateBaseline)
        throw new InputError('--update-baseline: no baseline is named', 'give one with --baseline FILE');
      return null;
    }
    const { readBaseline } = await import('../../../findings/baseline.js');
    if (updateBaseline) await add(file, []);
    else if (!isThere(file))
      throw new InputError(`--baseline: ${file} does not exist`, 'make it with --update-baseline');
    return new BaselineUse(file, readBaseline(file).violations, updateBaseline);
  }

  /** What a request for a hunt is told. */
  request(
    variant: string,
    memory: MemoryModel,
  ): { readonly known: readonly KnownViolation[]; readonly pastViolations: boolean } {
    return {
      known: this.entries.filter((entry) => entry.variant === variant && entry.memory === memory),
      pastViolations: this.isUpdated,
    };
  }

  /** After the hunts: writes what is new where asked to. Throws InfrastructureError. */
  async finish(verdicts: readonly Verdict[]): Promise<HuntBaseline> {
    const met = verdicts.flatMap(({ variant, memory, met: seen = [] }) =>
      // What has a name is known by that, in its own circumstance; an entry would pass over whatever else has
      // its cause.
      seen
        .filter(({ finding }) => finding === undefined)
        .map(
          ({ scenario, class: name, cause }) =>
            ({ variant, memory, scenario, class: name, cause }) as BaselineEntry,
        ),
    );
    const notSeen = this.entries.filter((entry) =>
      verdicts.some(
        ({ variant, memory, scenarios, met: seen = [] }) =>
          variant === entry.variant &&
          memory === entry.memory &&
          scenarios.some(({ scenario }) => scenario === entry.scenario) &&
          !seen.some((one) => sameViolation(one, entry)),
      ),
    );
    const { file, isUpdated } = this;
    return { file, isUpdated, notSeen, added: isUpdated ? await add(file, met) : 0 };
  }
}

async function add(file: string, entries: readonly BaselineEntry[]): Promise<number> {
  return (await import('../../../findings/baseline-store.js')).addToBaseline(file, entries);
}
