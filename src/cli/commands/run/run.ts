/** `shootdown run`: what a `shootdown.config.ts` says, hunted and compared with what it expects. */

import { MODES, type Mode } from '../../../config/config.js';
import type { Config, Project } from '../../../config/config-schema.js';
import type { LoadedConfig } from '../../../config/load-config.js';
import { checkOutDirectory } from '../../../findings/out-directory.js';
import { unknownName } from '../../../report/near-names.js';
import type { HuntPlan } from '../../../report/reporters/hunt-report.js';
import { InputError } from '../../../vocabulary/errors.js';
import { PLAIN_PROGRAM } from '../../../vocabulary/finding.js';
import type { CliContext } from '../../command-context.js';
import { EXIT_OK } from '../../exit-codes.js';
import { memoryModel, names, oneOf, path, wholeNumber } from '../../flag-values.js';
import { flag, flagOr, type Given, JOBS, LIMITS, STRATEGIES, TYPE_CHECK } from '../../options.js';
import { defineCommand } from '../command.js';
import type { CampaignRequest } from '../hunt/campaign.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { huntAndReport } from '../hunt/hunt-and-report.js';
import { refuseIdle } from '../hunt/idle.js';
import { BASELINE_BY, BaselineUse } from '../hunt/known-violations.js';
import { inputsOf, outputsOf } from '../hunt/named-files.js';
import { REPORTING, Reporting } from '../hunt/reporting.js';
import { fromConfig, modulesOf, type ProjectTargets, projectTargets } from './project-targets.js';
import { reportingFlags } from './run-reporters.js';
import { Turns } from './turns.js';

const BUDGETS_MS: Readonly<Record<Mode, number>> = { change: 30_000, batch: 600_000 };
const SEED_MAX = 2 ** 32 - 1;

const FLAGS = {
  config: flag('--config <file>', 'the configuration (default: shootdown.config.ts)', path),
  project: flag('--project <names>', 'projects of it (default: all); repeat it or give a comma list', names),
  mode: flagOr<Mode>(
    '--mode <name>',
    'change: short, and what the base of a variant has too is no failure; batch: long, kept in the corpus',
    (name) => oneOf(name, MODES),
    'change',
  ),
  budget: LIMITS.budget.saying('time per variant (default: the configuration says, or 30s, of a batch 10m)'),
  executions: LIMITS.executions.saying('executions per variant; without a budget there is no time limit'),
  strategy: STRATEGIES.saying('strategies (default: the configuration says, or all)'),
  seed: flag('--seed <N>', 'seed of every random choice (default: the configuration says, or 1)', (name) =>
    wholeNumber(name, 0, SEED_MAX),
  ),
  memory: flag('--memory <model>', 'tso or sc (default: the configuration says, or tso)', memoryModel),
  jobs: JOBS,
  baseline: flag('--baseline <file>', 'known violations, as "hunt --update-baseline" writes them', path),
  baselineBy: BASELINE_BY,
  corpus: flag(
    '--corpus <dir>',
    'what batches did, to go on from; a change goes past what they met (default: ./shootdown-corpus)',
    path,
  ),
  out: flag('--out <dir>', 'directory for finding files (default: ./findings)', path),
  typeCheck: TYPE_CHECK,
  reporter: REPORTING.reporter,
  reporterFile: REPORTING.reporterFile,
  reportDir: flag('--report-dir <dir>', 'directory of the html report (default: ./shootdown-report)', path),
  json: REPORTING.json,
};

export type RunFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown init                                   # writes a configuration to begin with
  $ shootdown run
  $ shootdown run --project mine --budget 5m
  $ shootdown run --reporter github-actions,junit --reporter-file junit.xml

Flags come before what the configuration says; paths in it are from its directory.

Exit codes: 0 everything as expected, 1 something else, 2 usage or bad input, 3 internal or
infrastructure failure, or a variant that changed nothing of its base, 130 interrupted.`;

export const runCommand = defineCommand({
  name: 'run',
  summary: 'hunt what a shootdown.config.ts names, and compare with what it expects',
  description:
    'Reads a configuration (a module that exports what defineConfig returns), hunts its projects, and says ' +
    'of each whether what came is what it expects: clean, violation:CLASS, or known:NAME.',
  flags: FLAGS,
  help: HELP,
  run: (context, _, flags) => run(context, flags),
});

async function run(context: CliContext, flags: RunFlags): Promise<number> {
  const { engine } = context;
  const { typeCheck, strategy, mode, jobs } = flags;
  const loaded = await engine.loadConfig(flags.config, typeCheck);
  const { config } = loaded;
  const projects = chosenProjects(loaded, flags.project);
  const reportFlags = reportingFlags(loaded, flags);
  const out = flags.out ?? (config.out === undefined ? './findings' : fromConfig(loaded, config.out));
  const baselineFile =
    flags.baseline ?? (config.baseline === undefined ? undefined : fromConfig(loaded, config.baseline));
  const corpus =
    flags.corpus ?? (config.corpus === undefined ? './shootdown-corpus' : fromConfig(loaded, config.corpus));
  const modules = modulesOf(loaded, projects);
  requireDistinctFiles(outputsOf({ ...reportFlags, out, baseline: baselineFile }), [
    ...inputsOf(modules),
    { flag: 'the configuration', path: loaded.file },
  ]);
  const targets = await projectTargets(engine, loaded, projects, { typeCheck, strategy });
  const baseline = await BaselineUse.open({
    ...{ baseline: baselineFile, updateBaseline: false },
    baselineBy: flags.baselineBy ?? config.baselineBy,
  });
  const reporting = new Reporting(context, reportFlags);
  checkOutDirectory(out);

  const { plan, requests, owners } = planned(flags, config, targets, baseline);
  const scenarios = targets.flatMap((one) => one.targets.scenarios);
  const how = { mode, corpus, notes: scenarios.flatMap(({ notes = [] }) => notes) };
  const turns = new Turns(context, how, owners, await engine.codeHash());
  const { results, exitCode } = await huntAndReport(context, {
    ...{ plan, command: 'run', reporting, baseline, jobs, out, scenarios },
    allowNoEffect: projects.every((one) => one.allowNoEffect),
    requests: requests.map((request, subject) => () => turns.begin(subject, request)),
    budgetsMs: requests.map(({ budgetMs }) => budgetMs),
    instead: turns.instead,
    total: turns.total,
    modulesOf: (subject) => modulesOf(loaded, [owners[subject]]),
    expected: turns.expected,
  });
  if (exitCode !== EXIT_OK) return exitCode;
  const answering = results.filter((_, subject) => owners[subject].allowNoEffect !== true);
  return refuseIdle(
    context,
    answering.map(({ verdict }) => verdict),
  );
}

function chosenProjects(loaded: LoadedConfig, chosen: readonly string[] | undefined): readonly Project[] {
  const { projects } = loaded.config;
  if (chosen === undefined) return projects;
  const known = projects.map(({ name }) => name);
  for (const name of chosen)
    if (!known.includes(name))
      throw new InputError(unknownName('project', name, known, '').what, `${loaded.file} has all`);
  return projects.filter(({ name }) => chosen.includes(name));
}

interface Planned {
  readonly plan: HuntPlan;
  /** One for each subject, and the project that it is of. */
  readonly requests: readonly CampaignRequest[];
  readonly owners: readonly Project[];
}

function planned(
  flags: RunFlags,
  config: Config,
  all: readonly ProjectTargets[],
  baseline: BaselineUse | null,
): Planned {
  const { seed = config.seed ?? 1, memory = config.memory ?? 'tso', jobs } = flags;
  const subjects = all.flatMap(({ project, targets, strategies }) =>
    targets.subjects.map((subject, index) => {
      const name = targets.names[index];
      const request: CampaignRequest = {
        ...{ ...subject, strategies, seed, memory, asksBase: true, pastOpenFindings: true },
        ...{ ...limitsOf(flags, config, project), ...baseline?.request(name, memory) },
      };
      return { name, project, request };
    }),
  );
  const requests = subjects.map(({ request }) => request);
  const scenarios = [...new Set(all.flatMap(({ targets }) => targets.scenarios.map(({ name }) => name)))];
  const programs = requests.some((request) => 'program' in request) ? [PLAIN_PROGRAM] : [];
  const plan: HuntPlan = {
    ...{ seed, memory, jobs, shard: undefined, hasKnown: baseline !== null },
    strategies: [...new Set(all.flatMap(({ strategies }) => strategies))],
    description: all.flatMap(({ targets }) => targets.description),
    subjects: subjects.map(({ name }) => name),
    scenarios: scenarios.length,
    places: [...scenarios, ...programs],
    budgetMs: sameOfAll(requests.map(({ budgetMs }) => budgetMs)),
    executions: sameOfAll(requests.map(({ executions }) => executions)),
  };
  return { plan, requests, owners: subjects.map(({ project }) => project) };
}

/** Limits of flags come alone; a configuration's number of executions leaves the time open. */
function limitsOf(
  flags: RunFlags,
  config: Config,
  project: Project,
): Pick<CampaignRequest, 'budgetMs' | 'executions'> {
  const { mode } = flags;
  if (flags.budget !== undefined || flags.executions !== undefined)
    return { budgetMs: flags.budget, executions: flags.executions };
  const budgetMs = project.budget?.[mode] ?? config.budget?.[mode];
  const executions = project.executions?.[mode] ?? config.executions?.[mode];
  return { executions, budgetMs: budgetMs ?? (executions === undefined ? BUDGETS_MS[mode] : undefined) };
}

function sameOfAll<T>(values: readonly T[]): T | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}
