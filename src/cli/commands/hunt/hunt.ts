/** `shootdown hunt`: looks for races of variants in scenarios. */

import type { Command } from 'commander';
import type { Verdict } from '../../../explore/api.js';
import { checkOutDirectory } from '../../../findings/out-directory.js';
import { changedNothing } from '../../../report/effect-words.js';
import { visible } from '../../../report/escape.js';
import { openFindingLines, shardWords } from '../../../report/hunt-words.js';
import { count } from '../../../report/layout.js';
import { restsOn } from '../../../report/rests-on.js';
import { VerdictTable } from '../../../report/verdict-table.js';
import { InfrastructureError } from '../../../vocabulary/errors.js';
import { type MemoryModel, PLAIN_PROGRAM } from '../../../vocabulary/finding.js';
import type { Scenario } from '../../../vocabulary/scenario.js';
import { type CliContext, outColors } from '../../context.js';
import { type NamedFile, requireDistinctFiles } from '../../distinct-files.js';
import { EXIT_FAILURE, EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import { huntDocument } from '../../json.js';
import { jobsOption, SEED_MAX } from '../../options.js';
import { loadOwn, MODULES_ARGUMENT, MODULES_HELP } from '../../own-modules.js';
import { selectStrategies, TRACE_PREFIX } from '../../select.js';
import { duration, lineWindow, memoryModel, names, path, wholeNumber } from '../../values.js';
import { printCommands, printIndented, printLabelled, printSentence, printTimeline } from '../../witness.js';
import { BaselineUse, baselineLines } from './baseline.js';
import { type Campaign, campaignExitCode, runCampaign } from './campaign.js';
import { type ReporterName, Reporting, reportedResults, reporterNames } from './reporting.js';
import { chooseShard, type ShardFlag, shardFlag } from './shard.js';
import { selectTargets, type TargetFlags } from './targets.js';

const BUDGET_MS_DEFAULT = 30_000;

interface HuntFlags extends TargetFlags {
  readonly typeCheck: boolean;
  readonly strategy?: readonly string[];
  readonly budget?: number;
  readonly executions?: number;
  readonly seed: number;
  readonly jobs: number;
  readonly memory: MemoryModel;
  readonly out: string;
  readonly shard?: ShardFlag;
  readonly baseline?: string;
  readonly updateBaseline: boolean;
  readonly allowNoEffect: boolean;
  readonly base: boolean;
  readonly reporter?: readonly ReporterName[];
  readonly reporterFile?: string;
  readonly json: boolean;
}

export function addHunt(program: Command, context: CliContext, finish: (exitCode: number) => void): void {
  program
    .command('hunt')
    .summary('look for races of variants in scenarios, or of programs of your own')
    .description(
      'Explores interleavings of each variant in the scenarios, round-robin, and of each program, until a violation is found or the budget is used up. A witness is saved as a finding file that "shootdown replay" reproduces.',
    )
    .argument(MODULES_ARGUMENT, MODULES_HELP)
    .option('--variant <names>', 'variant, alias or CVE; repeat it or give a comma list', names('--variant'))
    .option('--program <names>', 'programs of the modules (default: all, where no variant or scenario is named)', names('--program'))
    .option('--scenario <names>', 'catalogue names, or trace:FILE for a recording (default: the whole catalogue)', names('--scenario'))
    .option('--window <A..B>', 'lines of the recording of trace:FILE (default: the first that the rule accepts)', lineWindow('--window'))
    .option('--strategy <names>', 'strategies, alternating in each scenario (default: all)', names('--strategy'))
    .option('--budget <time>', 'time per variant: 500ms, 30s, 2m, 1h; a plain number is seconds (default: 30s)', duration('--budget'))
    .option('--executions <N>', 'executions per variant; without --budget there is no time limit', wholeNumber('--executions', 1, 1e12))
    .option('--seed <N>', 'seed of every random choice', wholeNumber('--seed', 0, SEED_MAX), 1)
    .addOption(jobsOption('worker threads; the result does not depend on it'))
    .option('--memory <model>', 'tso (x86) or sc (sequential consistency)', memoryModel('--memory'), 'tso')
    .option('--out <dir>', 'directory for finding files', path('--out'), './findings')
    .option('--no-type-check', 'take modules without checking their types')
    .option(
      '--shard <I/N>',
      "the I-th of N shares of the executions; limits are each share's own; auto[/N] asks the environment",
      shardFlag,
    )
    .option('--baseline <file>', 'known violations: the hunt goes past them, and only others fail', path('--baseline'))
    .option('--update-baseline', 'go past every violation, and add each to the baseline', false)
    .option('--allow-no-effect', 'a variant that changed nothing of its base in any execution is no failure', false)
    .option('--no-base', 'do not ask whether what a variant was made from has its violation too')
    .option('--reporter <names>', 'default, json, junit, github-actions; repeat it or give a comma list', reporterNames)
    .option('--reporter-file <file>', 'write the json, junit or github-actions report there', path('--reporter-file'))
    .option('--json', 'one JSON document on stdout, nothing else: --reporter json', false)
    .addHelpText('after', HELP)
    .action(async (modules: string[], flags: HuntFlags) => finish(await hunt(context, modules, flags)));
}

const HELP = `
Examples:
  $ shootdown hunt --variant b1
  $ shootdown hunt --variant b1,b1-fixed --executions 20000 --seed 7
  $ shootdown hunt --variant cve-2025-37964 --scenario trace:boot.trace.gz --window 1200..1320
  $ shootdown hunt ticket-lock.ts --executions 100000
  $ shootdown hunt my-rule.ts --variant kvm/v4,my-rule
  $ shootdown hunt --variant b1 --memory sc --budget 2m --json > verdicts.json
  $ shootdown hunt --variant b1-fixed --budget 1h --shard 3/8 --reporter junit --reporter-file junit.xml
  $ shootdown hunt --variant 6.18 --baseline known.json --reporter github-actions

Without --shard, SLURM_ARRAY_TASK_ID and CI_NODE_INDEX share the hunt where the environment has the total
too, and stderr says so; JOB_COMPLETION_INDEX needs --shard auto/N. github-actions also appends to
$GITHUB_STEP_SUMMARY. stress and study have --json only.

What is known to be wrong in a kernel ("shootdown list findings") does not end its hunt, and is told apart.
Hunt the bug by its own name (--variant b38) for a witness of it.

Exit codes: 0 no violation found, or known ones only, 1 a violation (latent findings alone are none),
2 usage or bad input, 3 internal or infrastructure failure, or a variant that changed nothing of
its base (--allow-no-effect), 130 interrupted.`;

async function hunt(context: CliContext, modules: readonly string[], flags: HuntFlags): Promise<number> {
  const { engine, io } = context;
  requireDistinctFiles(outputsOf(flags), inputsOf(modules, flags.scenario));
  const own = await loadOwn(engine, modules, flags.typeCheck);
  const strategies = await selectStrategies(engine, flags.strategy);
  const { subjects, names: hunted, scenarios, description } = await selectTargets(engine, flags, own);
  const budgetMs = flags.budget ?? (flags.executions === undefined ? BUDGET_MS_DEFAULT : undefined);
  const { seed, memory, jobs, out, executions, allowNoEffect } = flags;
  const reporting = new Reporting(flags);
  const { shard, notice } = chooseShard(flags.shard, io.env);
  const baseline = await BaselineUse.open(flags);
  if (notice !== null) printLine(io.stderr, `shootdown: ${notice}`);
  checkOutDirectory(out);

  const places = [...scenarios.map(({ name }) => name), ...(subjects.some((subject) => 'program' in subject) ? [PLAIN_PROGRAM] : [])];
  const columns = { variants: hunted, scenarios: places, hasKnown: baseline !== null };
  const table = new VerdictTable(columns, outColors(context));
  const { showsDefault } = reporting;
  reporting.begin(io.stdout);
  if (showsDefault) {
    printLabelled(context, description);
    const limits = [
      budgetMs === undefined ? [] : `${budgetMs / 1_000} s`,
      executions === undefined ? [] : count(executions, 'execution'),
    ].flat();
    const settings = [
      [strategies.join('+'), `seed ${seed}`, memory, shardWords(shard) ?? [], count(jobs, 'job')].flat().join(', '),
      `at most ${limits.join(' or ')} per ${scenarios.length === 0 ? 'program' : 'variant'}`,
    ];
    const kernels = scenarios.length === 0 ? [] : [count(scenarios.length, 'scenario')];
    printLine(io.stdout, [...kernels, ...settings].join('; '));
    printLine(io.stdout, table.header());
  }
  const campaign = await runCampaign(
    context,
    subjects.map((subject, index) => () => ({
      ...{ ...subject, strategies, seed, memory, executions, budgetMs, shard, asksBase: flags.base, pastOpenFindings: true },
      ...baseline?.request(hunted[index], memory),
    })),
    { jobs, out, quiet: !showsDefault, onOutcome: ({ verdict }) => showsDefault && printLine(io.stdout, table.row(verdict)) },
  );
  const { outcomes, interrupted } = campaign;
  const verdicts = outcomes.map(({ verdict }) => verdict);
  const failures: InfrastructureError[] = [];
  /** What the disk refuses must not keep the rest from being said. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      failures.push(error);
      return null;
    }
  };
  await warnOfUnrepeatable(context, outcomes);
  // A share of few executions may be empty, and who interrupts knows; else "none" would be an answer that nothing stands behind.
  if (shard === undefined || executions === undefined)
    for (const verdict of verdicts) if (verdict.executions === 0 && !verdict.interrupted) failures.push(timeWasOver(verdict));
  const compared = baseline === null ? null : await attempt(() => baseline.finish(verdicts));
  if (showsDefault) await printCampaign(context, campaign, scenarios);
  for (const line of openFindingLines(verdicts)) printLine(showsDefault ? io.stdout : io.stderr, line);
  if (baseline !== null && compared !== null) {
    for (const line of ['', ...baselineLines(compared, verdicts, baseline.isUpdated)].slice(showsDefault ? 0 : 1))
      printLine(showsDefault ? io.stdout : io.stderr, line);
  }
  await attempt(async () => {
    const results = reporting.needsReport ? await reportedResults(context, outcomes) : [];
    const report = {
      version: context.version,
      seed,
      memory,
      strategies,
      shard,
      allowNoEffect,
      results,
      notReached: hunted.slice(outcomes.length),
    };
    reporting.end(context, report, () => huntDocument(context.version, verdicts, notesOf(scenarios), interrupted, compared));
  });
  for (const { message } of failures) printLine(io.stderr, `shootdown: ${visible(message)}`);
  if (campaign.failure !== null) throw campaign.failure;
  const exitCode = campaignExitCode({ ...campaign, unsaved: campaign.unsaved || failures.length > 0 });
  // What was found is in the baseline now, and known from here on.
  const found = exitCode === EXIT_VIOLATION && baseline?.isUpdated ? EXIT_OK : exitCode;
  // A share of the executions may be too small to meet what all of them do.
  const idle = found !== EXIT_OK || allowNoEffect || shard !== undefined ? [] : verdicts.filter(changedNothing);
  for (const { variant, effect } of idle)
    printLine(
      io.stderr,
      `shootdown: ${visible(`${variant}: changed nothing of ${effect?.base}; give --allow-no-effect if that is meant`)}`,
    );
  return idle.length > 0 ? EXIT_FAILURE : found;
}

function outputsOf({ out, baseline, reporterFile }: HuntFlags): NamedFile[] {
  const files = { '--out': out, '--baseline': baseline, '--reporter-file': reporterFile };
  return Object.entries(files).flatMap(([flag, file]) => (file === undefined ? [] : [{ flag, path: file }]));
}

function inputsOf(modules: readonly string[], scenarios: readonly string[] = []): NamedFile[] {
  const recordings = scenarios.flatMap((name) => (name.startsWith(TRACE_PREFIX) ? [name.slice(TRACE_PREFIX.length)] : []));
  return [
    ...modules.map((file) => ({ flag: 'the module', path: file })),
    ...recordings.map((file) => ({ flag: '--scenario', path: file })),
  ];
}

function timeWasOver({ variant }: Verdict): InfrastructureError {
  return new InfrastructureError(
    `${variant}: the time was over before the first execution, so nothing is known of it; give more with --budget`,
  );
}

/**
 * A witness against a user's code that does not come out the same again: that code keeps state which the source check did not see, and a
 * report about it may be wrong.
 */
async function warnOfUnrepeatable({ engine, io }: CliContext, outcomes: Campaign['outcomes']): Promise<void> {
  for (const { verdict, finding } of outcomes) {
    if (finding === null || (finding.modules ?? []).length === 0) continue;
    const { reproduced, reason } = await engine.replay(finding);
    if (reproduced) continue;
    const why = `the witness does not replay (${reason ?? 'the execution differs'})`;
    printLine(
      io.stderr,
      `shootdown: ${visible(`${verdict.variant}: ${why}: its code keeps state outside the words, and the report may be wrong`)}`,
    );
  }
}

/** Below the table: each witness in a sentence, the first with its timeline, and what the verdicts rest on. */
async function printCampaign(context: CliContext, { outcomes }: Campaign, scenarios: readonly Scenario[]): Promise<void> {
  const { engine, io } = context;
  let isFirst = true;
  for (const { verdict, finding } of outcomes) {
    if (finding === null) continue;
    printLine(io.stdout, '');
    if (isFirst) {
      printTimeline(context, finding, await engine.replay(finding), false);
      printLine(io.stdout, '');
    }
    isFirst = false;
    printSentence(context, finding);
    if (verdict.finding !== null) printCommands(context, verdict.finding, finding);
  }
  for (const { verdict } of outcomes) {
    printLine(io.stdout, `\n${visible(verdict.variant)} rests on`);
    printIndented(context, restsOn(verdict, notesOf(scenarios)));
  }
}

function notesOf(scenarios: readonly Scenario[]): string[] {
  return [...new Set(scenarios.flatMap(({ notes }) => notes ?? []))];
}
