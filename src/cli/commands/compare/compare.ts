/** `shootdown compare BASE PATCH`: is the patch safe, and what does it save? */

import { type ComparedOutcome, type Comparison, changedNothing } from '../../../compare/comparison.js';
import { checkOutDirectory } from '../../../findings/out-directory.js';
import { visible } from '../../../report/escape.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { Scenario } from '../../../vocabulary/scenario.js';
import { type CliContext, keeperOf } from '../../command-context.js';
import type { ComparedSource } from '../../engine-api.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { oneOf, path, wholeNumber } from '../../flag-values.js';
import { printJson, printLine } from '../../io.js';
import {
  ALLOW_NO_EFFECT,
  anyNumber,
  EXPLORATION,
  flag,
  flagOr,
  type Given,
  JSON_FLAG,
  LIMITS,
  SCENARIOS,
  STRATEGIES,
} from '../../options.js';
import { loadOwn } from '../../own-modules.js';
import { printCommands } from '../../print-witness.js';
import { selectScenarios, selectStrategies } from '../../select.js';
import { withPool } from '../../with-pool.js';
import { defineCommand } from '../command.js';
import { C_FILES_FLAG, C_OPT, comparedSources, KERNEL_SOURCE } from '../source/kernel-source.js';
import { changedAccesses, changedLines } from './changed-accesses.js';
import { comparisonProgress } from './comparison-progress.js';
import { comparedNames, splitArguments } from './names.js';

const BUDGET_MS_DEFAULT = 60_000;
const FORMATS = ['text', 'markdown'] as const;

const FLAGS = {
  ...SCENARIOS,
  strategy: STRATEGIES,
  budget: LIMITS.budget.saying('time for all: a third for each hunt, a third for the counts (default: 60s)'),
  executions: LIMITS.executions.saying('executions of each hunt; without --budget there is no time limit'),
  count: flag(
    '--count <N>',
    'pairs of executions to count (default: --executions, or as many as time allows)',
    (name) => wholeNumber(name, 1, 1e5),
  ),
  ...EXPLORATION,
  ...KERNEL_SOURCE,
  cFiles: C_FILES_FLAG,
  cOpt: C_OPT,
  against: flag(
    '--against <dir>',
    'with --kernel-source: the tree, or the revision of the same, that BASE is',
    path,
  ),
  allowNoEffect: ALLOW_NO_EFFECT.saying('a patch that changed nothing in any execution is no failure'),
  format: flagOr(
    '--format <format>',
    'text, as a mail carries it, or markdown',
    (name) => oneOf(name, FORMATS),
    'text',
  ),
  json: JSON_FLAG,
};

type CompareFlags = Given<typeof FLAGS>;

const HELP = `
Which two:
  BASE PATCH           two variants by name; those of modules that are given too are among them
  BASE FILE.ts         PATCH is the only variant that the module defines
  FILE.ts              and BASE is what it was made from
  6.18~filterSwitching BASE is 6.18
  --kernel-source DIR --against DIR, or a revision: two states of a Linux tree, PATCH and BASE
  A.json B.json        two results, each of hunt, study or compare with --json: nothing is run

Examples:
  $ shootdown compare kvm/v0 kvm/v7
  $ shootdown compare 6.18 mine my-rule.ts --budget 5m
  $ shootdown compare my-rule.ts --format markdown > comment.md
  $ shootdown compare --kernel-source ~/linux --against HEAD~1
  $ shootdown compare 6.14 6.15-rc6 --executions 20000 --json > compared.json

Exit codes: 0 no violation of PATCH that BASE has not, 1 such a violation, met by this run or by a witness
that the package brings, 2 usage or bad input, 3 internal or infrastructure failure, or a PATCH that changed
nothing (--allow-no-effect), 130 interrupted.`;

export const compareCommand = defineCommand({
  name: 'compare',
  summary: 'is a patch safe, and what does it save?',
  description:
    'Hunts two variants in the same executions, and counts what each does in pairs of executions: ' +
    'verdicts beside each other, and each difference with its interval.',
  arguments: {
    given: anyNumber(
      'base-patch',
      'two variants as "hunt --variant" takes them, and modules of your own; or two results',
    ),
  },
  flags: FLAGS,
  help: HELP,
  run: (context, { given }, flags) => compare(context, given, flags),
});

async function compare(context: CliContext, given: readonly string[], flags: CompareFlags): Promise<number> {
  const { engine } = context;
  const split = splitArguments(given);
  if ('results' in split) return (await import('./results.js')).compareResults(context, split.results, flags);
  const { names: named, modules } = split;
  const sources = await comparedSources(engine, flags, flags.against);
  if (sources !== null && named.length > 0)
    throw new InputError(`compare: ${visible(named[0])} is named beside --kernel-source`, 'name trees alone');
  const prepared = sources === null ? [] : [sources.base, sources.patch];
  const own = await loadOwn(engine, modules, flags.typeCheck, prepared);
  const { base, patch } =
    sources === null
      ? await comparedNames(engine, named, own)
      : { base: sources.base.variant, patch: sources.patch.variant };
  const strategies = await selectStrategies(engine, flags.strategy);
  const { seed, memory, jobs, out, executions, count, json } = flags;
  const scenarioNames =
    flags.scenario ?? (own.scenarios.length === 0 ? undefined : own.scenarios.map(({ name }) => name));
  const selected = await selectScenarios(engine, scenarioNames, flags.window ?? null, 1, own.scenarios);
  const scenarios = await engine.fittingScenarios(
    [base, patch],
    scenarioNames === undefined ? undefined : selected.scenarios,
  );
  const isLimited = flags.budget !== undefined || executions !== undefined;
  const budgetMs = isLimited ? flags.budget : BUDGET_MS_DEFAULT;
  checkOutDirectory(out);

  const keeper = await keeperOf(context, out);
  let comparison: Comparison | null = null;
  await withPool(context, { jobs, quiet: json }, async (pool, signal, progress) => {
    const onOutcome = ({ finding }: ComparedOutcome): string | null => {
      progress.clear();
      return finding === null ? null : keeper.keep(finding);
    };
    const request = {
      base,
      patch,
      scenarios,
      strategies,
      memory,
      seed,
      executions,
      count,
      signal,
      ...comparisonProgress(progress, { base, executions, count, budgetMs }),
      onOutcome,
    };
    comparison = await engine.comparisons.run({ ...request, budgetMs }, pool);
    return true;
  });
  if (comparison === null) throw new Error('a comparison ended without an outcome');
  const accesses = await changedAccesses(context, sources, { seed, json });
  await print(context, comparison, { notes: notesOf(scenarios), accesses }, flags);
  return exitCodeOf(context, comparison, flags, keeper.failed);
}

async function print(
  context: CliContext,
  comparison: Comparison,
  { notes, accesses }: { readonly notes: readonly string[]; readonly accesses: ComparedSource | null },
  { json, format }: CompareFlags,
): Promise<void> {
  const { stdout } = context.io;
  if (json) {
    const { compareDocument } = await import('../../../compare/compare-document.js');
    const document = compareDocument(context.version, comparison, notes);
    printJson(stdout, accesses === null ? document : { ...document, accesses });
  } else if (format === 'markdown')
    printLine(
      stdout,
      (await import('../../../compare/comparison-markdown.js')).comparisonMarkdown(comparison, notes),
    );
  else
    printLine(
      stdout,
      (await import('../../../compare/comparison-text.js')).comparisonText(comparison, notes),
    );
  if (json || format === 'markdown') return;
  if (accesses !== null) for (const line of ['', ...changedLines(accesses)]) printLine(stdout, visible(line));
  for (const { verdict, finding } of comparison.outcomes)
    if (verdict.finding !== null) printCommands(context, verdict.finding, finding);
}

/** As a hunt's: Ctrl-C before everything, then what could not be saved, then what was found. */
function exitCodeOf(
  { io }: CliContext,
  comparison: Comparison,
  { allowNoEffect }: CompareFlags,
  isUnsaved: boolean,
): number {
  const { base, patch, interrupted, outcomes, isNew } = comparison;
  if (interrupted) return EXIT_INTERRUPTED;
  const failures = outcomes
    .filter(({ verdict }) => verdict.executions === 0)
    .map(
      ({ verdict }) =>
        `${verdict.variant}: the time was over before the first execution; give more with --budget`,
    );
  if (!isNew && !allowNoEffect && changedNothing(comparison))
    failures.push(
      `${patch}: changed nothing of ${outcomes[1]?.verdict.effect?.base ?? base}; give ` +
        '--allow-no-effect if that is meant',
    );
  for (const message of failures) printLine(io.stderr, `shootdown: ${visible(message)}`);
  if (isUnsaved) return EXIT_FAILURE;
  if (isNew) return EXIT_VIOLATION;
  return failures.length > 0 ? EXIT_FAILURE : EXIT_OK;
}

function notesOf(scenarios: readonly Scenario[]): string[] {
  return [...new Set(scenarios.flatMap(({ notes }) => notes ?? []))];
}
