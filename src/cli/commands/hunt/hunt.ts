/** `shootdown hunt`: looks for races of variants in scenarios. */

import { checkOutDirectory } from '../../../findings/out-directory.js';
import type { HuntPlan } from '../../../report/reporters/hunt-report.js';
import { PLAIN_PROGRAM } from '../../../vocabulary/finding.js';
import type { CliContext } from '../../command-context.js';
import { EXIT_OK } from '../../exit-codes.js';
import { path } from '../../flag-values.js';
import { printLine } from '../../io.js';
import {
  ALLOW_NO_EFFECT,
  EXPLORATION,
  flag,
  type Given,
  LIMITS,
  MODULES,
  PROGRAMS,
  SCENARIOS,
  STRATEGIES,
  toggle,
  VARIANTS,
  WATCH,
} from '../../options.js';
import { lineTextOf, loadOwn } from '../../own-modules.js';
import { selectStrategies } from '../../select.js';
import { isToBeWatched, watchModules } from '../../watch/watch-modules.js';
import { defineCommand } from '../command.js';
import { C_FILES_FLAG, C_OPT, KERNEL_SOURCE, sourcesOf } from '../source/kernel-source.js';
import { requireDistinctFiles } from './distinct-files.js';
import { huntAndReport } from './hunt-and-report.js';
import { huntRequests } from './hunt-requests.js';
import { selectTargets, type Targets } from './hunt-targets.js';
import { refuseIdle } from './idle.js';
import { BASELINE_BY, BaselineUse } from './known-violations.js';
import { inputsOf, outputsOf } from './named-files.js';
import { isDocumentAlone, REPORTING, Reporting } from './reporting.js';
import { chooseShard, shardFlag } from './shard.js';

const BUDGET_MS_DEFAULT = 30_000;

const FLAGS = {
  variant: VARIANTS,
  program: PROGRAMS.saying('programs of the modules (default: all, where no variant or scenario is named)'),
  ...SCENARIOS,
  strategy: STRATEGIES,
  budget: LIMITS.budget.saying(
    'time per variant: 500ms, 30s, 2m, 1h; a plain number is seconds (default: 30s)',
  ),
  executions: LIMITS.executions.saying('executions per variant; without --budget there is no time limit'),
  ...EXPLORATION,
  ...KERNEL_SOURCE,
  cFiles: C_FILES_FLAG,
  cOpt: C_OPT,
  shard: flag(
    '--shard <I/N>',
    "the I-th of N shares of the executions; limits are each share's own; auto[/N] asks the environment",
    () => shardFlag,
  ),
  baseline: flag(
    '--baseline <file>',
    'known violations: the hunt goes past them, and only others fail',
    path,
  ),
  baselineBy: BASELINE_BY,
  updateBaseline: toggle('--update-baseline', 'go past every violation, and add each to the baseline'),
  allowNoEffect: ALLOW_NO_EFFECT,
  watch: WATCH,
  base: toggle('--no-base', 'do not ask whether what a variant was made from has its violation too'),
  ...REPORTING,
};

export type HuntFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown hunt --variant b1
  $ shootdown hunt --variant b1,b1-fixed --executions 20000 --seed 7
  $ shootdown hunt --variant cve-2025-37964 --scenario trace:boot.trace.gz --window 1200..1320
  $ shootdown hunt ticket-lock.ts --executions 100000
  $ shootdown hunt --kernel-source ~/linux --scenario lazy-return
  $ shootdown hunt my-rule.ts --variant kvm/v4,my-rule
  $ shootdown hunt --variant b1 --memory sc --budget 2m --json > verdicts.json
  $ shootdown hunt --variant b1-fixed --budget 1h --shard 3/8 --reporter junit --reporter-file junit.xml
  $ shootdown hunt --variant 6.18 --baseline known.json --reporter github-actions
  $ shootdown hunt --variant 6.18 --baseline known.json --baseline-by cause

Without --shard, SLURM_ARRAY_TASK_ID and CI_NODE_INDEX share the hunt where the environment has the total
too, and stderr says so; JOB_COMPLETION_INDEX needs --shard auto/N. github-actions also appends to
$GITHUB_STEP_SUMMARY. study and stress have all of the reports but blob, verify and trace check fewer.

What is known to be wrong in a kernel ("shootdown list findings") does not end its hunt, and is told apart.
Hunt the bug by its own name (--variant b38) for a witness of it.

Exit codes: 0 no violation found, or known ones only, 1 a violation (latent findings alone are none),
2 usage or bad input, 3 internal or infrastructure failure, or a variant that changed nothing of
its base (--allow-no-effect), 130 interrupted.`;

export const huntCommand = defineCommand({
  name: 'hunt',
  summary: 'look for races of variants in scenarios, or of programs of your own',
  description:
    'Explores interleavings of each variant in the scenarios, round-robin, and of each program, until a ' +
    'violation is found or the budget is used up. A witness is saved as a finding file that "shootdown ' +
    'replay" reproduces.',
  arguments: { modules: MODULES },
  flags: FLAGS,
  help: HELP,
  run: (context, { modules }, flags) => hunt(context, modules, flags),
});

async function hunt(context: CliContext, modules: readonly string[], flags: HuntFlags): Promise<number> {
  const { engine, io } = context;
  const inputs = inputsOf(modules, flags.scenario);
  requireDistinctFiles(outputsOf(flags), inputs);
  if (isToBeWatched(context, modules, { ...flags, isAlone: isDocumentAlone(flags) }))
    return watchModules(context, inputs);
  const sources = await sourcesOf(engine, flags);
  const own = await loadOwn(engine, modules, flags.typeCheck, sources);
  const strategies = await selectStrategies(engine, flags.strategy);
  const targets = await selectTargets(engine, flags, own);
  const reporting = new Reporting(context, flags, await lineTextOf(sources[0]?.ref));
  const { shard, notice } = chooseShard(flags.shard, io.env);
  const baseline = await BaselineUse.open(flags);
  if (notice !== null) printLine(io.stderr, `shootdown: ${notice}`);
  checkOutDirectory(flags.out);

  const plan = planOf(flags, targets, { strategies, shard, hasKnown: baseline !== null });
  const { jobs, out, allowNoEffect } = flags;
  const { exitCode: found, results } = await huntAndReport(context, {
    ...{ plan, reporting, baseline, jobs, out, allowNoEffect, scenarios: targets.scenarios },
    requests: huntRequests(plan, targets.subjects, baseline, flags.base),
  });
  // A share of the executions may be too small to meet what all of them do.
  if (found !== EXIT_OK || allowNoEffect || shard !== undefined) return found;
  return refuseIdle(
    context,
    results.map(({ verdict }) => verdict),
  );
}

function planOf(
  flags: HuntFlags,
  targets: Targets,
  chosen: Pick<HuntPlan, 'strategies' | 'shard' | 'hasKnown'>,
): HuntPlan {
  const { seed, memory, jobs, executions } = flags;
  const { subjects, names: hunted, scenarios, description } = targets;
  const programs = subjects.some((subject) => 'program' in subject) ? [PLAIN_PROGRAM] : [];
  return {
    ...{
      ...chosen,
      seed,
      memory,
      jobs,
      executions,
      description,
      subjects: hunted,
      scenarios: scenarios.length,
    },
    budgetMs: flags.budget ?? (executions === undefined ? BUDGET_MS_DEFAULT : undefined),
    places: [...scenarios.map(({ name }) => name), ...programs],
  };
}
