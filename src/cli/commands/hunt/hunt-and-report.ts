/**
 * A campaign of hunts from its plan to its reports and its exit code: what `hunt` and `run` have in common.
 */

import type { Verdict } from '../../../explore/api.js';
import { baselineLines } from '../../../report/baseline-words.js';
import { visible } from '../../../report/escape.js';
import { isFailure } from '../../../report/expected-words.js';
import { openFindingLines } from '../../../report/hunt-words.js';
import type {
  Expected,
  HuntBaseline,
  HuntPlan,
  HuntReport,
  HuntResult,
} from '../../../report/reporters/hunt-report.js';
import { replayCommand } from '../../../report/witness-words.js';
import { InfrastructureError } from '../../../vocabulary/errors.js';
import type { Scenario } from '../../../vocabulary/scenario.js';
import type { CliContext } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import {
  type Campaign,
  type CampaignOptions,
  type CampaignRequest,
  type Outcome,
  runCampaign,
} from './campaign.js';
import type { BaselineUse } from './known-violations.js';
import type { Reporting } from './reporting.js';

/** What is hunted, told how, and kept where. */
export interface HuntJob
  extends Pick<CampaignOptions, 'jobs' | 'out' | 'instead' | 'total' | 'modulesOf' | 'budgetsMs'> {
  readonly plan: HuntPlan;
  /** For reports; absent: `hunt`. */
  readonly command?: string;
  /** One for each subject of the plan. */
  readonly requests: readonly (() => CampaignRequest | null)[];
  readonly scenarios: readonly Scenario[];
  readonly reporting: Reporting;
  readonly baseline: BaselineUse | null;
  readonly allowNoEffect: boolean;
  /** What was expected of a subject, by its number, and whether its verdict is that. Absent: no violation. */
  readonly expected?: (verdict: Verdict, subject: number) => Expected;
}

export interface Hunted {
  readonly results: readonly HuntResult[];
  readonly exitCode: number;
}

/** Hunts and reports. Throws what ended the campaign early, once what is known has been told. */
export async function huntAndReport(context: CliContext, job: HuntJob): Promise<Hunted> {
  const { io } = context;
  const { plan, reporting, baseline } = job;
  reporting.begin(plan);
  const campaign = await runCampaign(context, job.requests, {
    jobs: job.jobs,
    out: job.out,
    quiet: !reporting.showsDefault,
    onOutcome: ({ verdict }) => reporting.verdict(verdict),
    instead: job.instead,
    total: job.total,
    modulesOf: job.modulesOf,
    budgetsMs: job.budgetsMs,
  });
  const verdicts = campaign.outcomes.map(({ verdict }) => verdict);
  warnOfUnrepeatable(context, campaign.outcomes);
  const attempts = new Attempts();
  for (const verdict of verdicts) if (isEmpty(verdict, plan)) attempts.failures.push(timeWasOver(verdict));
  const compared = baseline === null ? null : await attempts.make(() => baseline.finish(verdicts));
  if (!reporting.showsDefault) for (const line of asideLines(verdicts, compared)) printLine(io.stderr, line);
  const report = reportOf(context, job, campaign, compared);
  for (const end of reporting.ends(report)) await attempts.make(async () => await end());
  for (const { message } of attempts.failures) printLine(io.stderr, `shootdown: ${visible(message)}`);
  if (campaign.failure !== null) throw campaign.failure;
  const { results } = report;
  return { results, exitCode: exitCodeOf(job, campaign, results, attempts.failures.length > 0) };
}

/** Ctrl-C before everything, then what could not be kept or told, then what was found. */
function exitCodeOf(
  { baseline, expected }: HuntJob,
  { interrupted, unsaved }: Campaign,
  results: readonly HuntResult[],
  hasFailed: boolean,
): number {
  if (interrupted) return EXIT_INTERRUPTED;
  if (unsaved || hasFailed) return EXIT_FAILURE;
  if (!results.some(isFailure)) return EXIT_OK;
  // What was found is in the baseline now, and known from here on. What did not come is not.
  return baseline?.isUpdated === true && expected === undefined ? EXIT_OK : EXIT_VIOLATION;
}

function reportOf(
  { version }: CliContext,
  { plan, command, scenarios, expected, allowNoEffect }: HuntJob,
  { outcomes, interrupted }: Campaign,
  baseline: HuntBaseline | null,
): HuntReport {
  const { seed, memory, strategies, shard, subjects } = plan;
  const notes = [...new Set(scenarios.flatMap((scenario) => scenario.notes ?? []))];
  const settings = { version, command, seed, memory, strategies, shard, allowNoEffect };
  return {
    ...settings,
    results: outcomes.map((outcome, index) => ({
      ...resultOf(outcome),
      ...(expected === undefined ? {} : { expected: expected(outcome.verdict, index) }),
    })),
    notReached: subjects.slice(outcomes.length),
    interrupted,
    notes,
    baseline,
  };
}

function resultOf({ verdict, finding, replay }: Outcome): HuntResult {
  if (finding === null || replay === null) return { verdict, witness: null };
  const command = verdict.finding === null ? null : replayCommand(verdict.finding, finding);
  const { trace, cause } = replay;
  return { verdict, witness: { finding, trace, cause, replay: command, execution: replay } };
}

/** Work that the disk may refuse, which must not keep the rest from being said. */
class Attempts {
  readonly failures: InfrastructureError[] = [];

  async make<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      this.failures.push(error);
      return null;
    }
  }
}

/** What the default report says below its table, for whoever reads a document instead. */
function asideLines(verdicts: readonly Verdict[], baseline: HuntBaseline | null): string[] {
  return [...openFindingLines(verdicts), ...(baseline === null ? [] : baselineLines(baseline, verdicts))];
}

/**
 * "None" would be an answer that nothing stands behind. A share of few executions may be empty, and who
 * interrupts knows.
 */
function isEmpty({ executions, interrupted }: Verdict, plan: HuntPlan): boolean {
  return executions === 0 && !interrupted && (plan.shard === undefined || plan.executions === undefined);
}

function timeWasOver({ variant }: Verdict): InfrastructureError {
  return new InfrastructureError(
    `${variant}: the time was over before the first execution, so nothing is known of it`,
    'give more with --budget',
  );
}

/**
 * A witness against a user's code that does not come out the same again: that code keeps state which the
 * source check did not see, and a report about it may be wrong.
 */
function warnOfUnrepeatable({ io }: CliContext, outcomes: readonly Outcome[]): void {
  for (const { verdict, finding, replay } of outcomes) {
    if (finding === null || (finding.modules ?? []).length === 0 || replay === null || replay.reproduced)
      continue;
    const why = `the witness does not replay (${replay.reason ?? 'the execution differs'})`;
    printLine(
      io.stderr,
      'shootdown: ' +
        `${visible(
          `${verdict.variant}: ${why}: its code keeps state outside the words, and the report ` +
            'may be wrong',
        )}`,
    );
  }
}
