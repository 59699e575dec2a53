/**
 * Several hunts one after the other on one pool: what `hunt` and the demo have in common. Keeps what is known
 * through Ctrl-C and through a finding that cannot be saved, because an hour of hunting must not be lost to a
 * full disk.
 */

import type { HuntProgress, ProgramHuntRequest, Verdict } from '../../../explore/api.js';
import { atMostLeft } from '../../../report/time-words.js';
import type { Finding } from '../../../vocabulary/finding.js';
import { type CliContext, keeperOf } from '../../command-context.js';
import type { AskedHunt, HuntResult, ReplayResult } from '../../engine-api.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { withPool } from '../../with-pool.js';
import { campaignLeftMs } from './campaign-left.js';

/** One hunt's outcome; `verdict.finding` is the path of the saved finding. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly finding: Finding | null;
  /** The witness, seen again. */
  readonly replay: ReplayResult | null;
}

/** A hunt, but for what the campaign gives all of them. */
export type CampaignRequest = Omit<AskedHunt, Given> | Omit<ProgramHuntRequest, Given>;
type Given = 'signal' | 'onProgress' | 'jobs';

export interface CampaignOptions {
  readonly jobs: number;
  /** Directory for findings. */
  readonly out: string;
  /** Shows no progress. */
  readonly quiet: boolean;
  /** Called with each outcome as soon as it is known. */
  readonly onOutcome: (outcome: Outcome) => void;
  /**
   * A hunt in the place of one that has ended, whose outcome is then nobody's: `result` is of the request
   * with that number, `keep` saves a finding as those of outcomes are. Null: it stands; so it does where this
   * throws, which ends the campaign once it has been told.
   */
  readonly instead?: (
    result: HuntResult,
    request: number,
    keep: (finding: Finding) => string | null,
  ) => CampaignRequest | null;
  /** What the last of a request's hunts is told as; null: there was nothing left to be hunted. */
  readonly total?: (last: HuntResult | null, request: number) => Promise<HuntResult>;
  /** Time limits by request, where a request is several hunts or not all have the same. */
  readonly budgetsMs?: readonly (number | undefined)[];
  /**
   * The modules that a request's subject is made of, by their files: a finding of it names no others. Absent:
   * all that are known.
   */
  readonly modulesOf?: (request: number) => readonly string[];
}

export interface Campaign {
  readonly outcomes: readonly Outcome[];
  readonly interrupted: boolean;
  /** A finding could not be saved in its directory. */
  readonly unsaved: boolean;
  /**
   * What ended the campaign early (a worker that died), to be thrown once what is known has been told; null
   * if nothing.
   */
  readonly failure: unknown;
}

/**
 * Runs the hunts in order. A request is a function, called when its turn comes, for a budget that depends on
 * the time left; null: nothing is left to be hunted, and `total` knows what it came to.
 */
export async function runCampaign(
  context: CliContext,
  requests: readonly (() => CampaignRequest | null)[],
  options: CampaignOptions,
): Promise<Campaign> {
  const { engine } = context;
  const outcomes: Outcome[] = [];
  let failure: unknown = null;
  const keeper = await keeperOf(context, options.out);
  const interrupted = await withPool(context, options, async (pool, signal, progress) => {
    let begunMs = 0;
    const onProgress = (of: HuntProgress): void => {
      const turn = { index: outcomes.length, count: requests.length, turnMs: performance.now() - begunMs };
      const before = requests.length > 1 ? `${turn.index + 1} of ${requests.length}; ` : '';
      progress.update(of, before, atMostLeft(campaignLeftMs(of, turn, options.budgetsMs)));
    };
    const hunted = async (request: CampaignRequest, index: number): Promise<HuntResult> => {
      const asked = { ...request, jobs: options.jobs, signal, onProgress };
      const result =
        'program' in asked ? await engine.huntProgram(asked, pool) : await engine.hunt(asked, pool);
      return ofModules(result, options.modulesOf?.(index));
    };
    const keep = (finding: Finding): string | null => keeper.keep(finding);
    const next = (result: HuntResult, index: number): CampaignRequest | null => {
      try {
        return options.instead?.(result, index, keep) ?? null;
      } catch (error) {
        // What has been found is not for what cannot be done with it.
        failure = error;
        return null;
      }
    };
    for (const [index, request] of requests.entries()) {
      if (signal.aborted || failure !== null) break;
      let result: HuntResult | null = null;
      begunMs = performance.now();
      try {
        let asked = request();
        while (asked !== null) {
          result = await hunted(asked, index);
          asked = next(result, index);
          if (signal.aborted) break;
        }
        result = (await options.total?.(result, index)) ?? result;
        if (result === null) continue;
      } catch (error) {
        // With nothing known there is nothing to tell first.
        if (outcomes.length === 0) throw error;
        failure = error;
        break;
      }
      const { verdict, finding, replay } = result;
      progress.clear();
      const outcome = {
        verdict: { ...verdict, finding: finding === null ? null : keep(finding) },
        finding,
        replay,
      };
      outcomes.push(outcome);
      options.onOutcome(outcome);
    }
    return outcomes.length > 0;
  });
  return { outcomes, interrupted, unsaved: keeper.failed, failure };
}

/** Names in the finding those of its modules that are among the files. */
function ofModules(result: HuntResult, files: readonly string[] | undefined): HuntResult {
  const { finding } = result;
  if (files === undefined || finding?.modules === undefined) return result;
  const modules = finding.modules.filter(({ file }) => files.includes(file));
  return { ...result, finding: { ...finding, modules } };
}

/**
 * The exit code of a campaign: Ctrl-C before everything, then what could not be saved, then what was found.
 */
export function campaignExitCode({ outcomes, interrupted, unsaved }: Campaign): number {
  if (interrupted) return EXIT_INTERRUPTED;
  if (unsaved) return EXIT_FAILURE;
  return outcomes.some(({ verdict }) => verdict.violation !== null) ? EXIT_VIOLATION : EXIT_OK;
}
