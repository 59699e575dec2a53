/** `shootdown study NAME`: a question answered by a table of runs. `npm start` runs the first of them. */

import type { HuntProgress } from '../../../explore/api.js';
import { timeLeftMs } from '../../../explore/time-left.js';
import type { Keeper } from '../../../findings/keeper.js';
import { checkOutDirectory } from '../../../findings/out-directory.js';
import { serializeStudyBlob } from '../../../merge/study/blob.js';
import { studyDocument } from '../../../report/json-documents.js';
import { unknownName } from '../../../report/near-names.js';
import { renderTable } from '../../../report/table.js';
import { aboutLeft } from '../../../report/time-words.js';
import { amountOf } from '../../../study/amount.js';
import { studyHuntReport } from '../../../study/hunt-report.js';
import { studyPage } from '../../../study/page.js';
import type { ShippedProofs } from '../../../study/shipped/shipped-proofs.js';
import type { RowResult, Study, StudyRow } from '../../../study/study.js';
import { studyReport } from '../../../study/study-report.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { Finding } from '../../../vocabulary/finding.js';
import { type CliContext, keeperOf, outColors, screenWidth } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { path, wholeNumber } from '../../flag-values.js';
import { printJson, printLine } from '../../io.js';
import {
  EXPLORATION,
  flag,
  flagOr,
  type Given,
  LIMITS,
  MEMORY_LIMIT,
  MODULES,
  optional,
  SCENARIOS,
  toggle,
  VARIANTS,
} from '../../options.js';
import { isModulePath, loadOwn } from '../../own-modules.js';
import { type SelectedScenarios, selectScenarios, selectStrategies } from '../../select.js';
import { withPool } from '../../with-pool.js';
import { defineCommand } from '../command.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { inputsOf, outputsOf } from '../hunt/named-files.js';
import { OWN_REPORTING, OwnReporting } from '../own-reports.js';
import { printStudyEnd } from './below-table.js';
import { studyExhaustively } from './exhaustive.js';
import { RowPrinter } from './row-printer.js';
import { blobOfStudy } from './study-blob.js';
import { printHead } from './study-head.js';

/** The study that modules are put into where none is named. */
const STUDY_DEFAULT = 'remote-tlb-gen';

/** Time of a row in a scenario, where all executions are looked at. */
const CELL_BUDGET_MS = 20_000;

/** Windows of a recording that are taken where none is named. */
const TRACE_WINDOWS = 4;

const FLAGS = {
  variant: VARIANTS.saying('rows to run, with those that they are compared with (default: all)'),
  scenario: SCENARIOS.scenario.saying(
    "catalogue names, or trace:FILE for a recording (default: the study's own)",
  ),
  window: SCENARIOS.window.saying(
    'lines of the recording of trace:FILE (default: the few that hold most to count)',
  ),
  budget: LIMITS.budget.saying(
    'time for all rows; it ends hunts early, and without --executions late. With --exhaustive: for each ' +
      'row in each scenario (default: 20s)',
  ),
  executions: LIMITS.executions.saying('executions per row; without --budget there is no time limit'),
  count: flag(
    '--count <N>',
    'pairs of executions that each row is counted over (default: as planned; with --budget as many ' +
      'as it allows)',
    (name) => wholeNumber(name, 1, 1e6),
  ),
  exhaustive: toggle(
    '--exhaustive',
    'decide every row by all executions of small scenarios; goes on where an earlier run has ended',
  ),
  state: flagOr(
    '--state <file>',
    'with --exhaustive: file in which verdicts are kept',
    path,
    './exhaustive/verdicts.jsonl',
  ),
  memoryLimit: MEMORY_LIMIT.saying('with --exhaustive: what the states of a row in a scenario may take'),
  ...EXPLORATION,
  ...OWN_REPORTING,
};

type StudyFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown study
  $ shootdown study remote-tlb-gen --budget 10m
  $ shootdown study remote-tlb-gen --variant kvm/v4,kvm/v12 --executions 20000 --json
  $ shootdown study remote-tlb-gen my-rule.ts
  $ shootdown study remote-tlb-gen --exhaustive --variant kvm/v7
  $ shootdown study lazy --seed 2 --reporter blob --reporter-file lazy/2.json
  $ shootdown study remote-tlb-gen --scenario trace:my.trace.gz

Exit codes: 0 the study ran (rules that fail are its result), 1 a row that the others are compared with
shows a violation, 2 usage or bad input, 3 internal or infrastructure failure, 130 interrupted.`;

export const studyCommand = defineCommand({
  name: 'study',
  summary: 'answer a question by a table of runs',
  description:
    'Runs a study: every row is hunted in the same scenarios, and its costs are counted over the same ' +
    'executions. Without a name, lists the studies.',
  arguments: {
    given: optional('name', 'the study (default where modules are given: remote-tlb-gen)'),
    modules: MODULES,
  },
  flags: FLAGS,
  refused: {
    '--kernel-source <dir>': {
      why: 'rules and backends replace functions that are C there, and C text notes no decisions to count',
      instead: 'two states of a tree are compared by "shootdown compare --kernel-source DIR --against DIR"',
    },
  },
  help: HELP,
  run: (context, { given, modules }, flags) => study(context, given, modules, flags),
});

async function study(
  context: CliContext,
  given: string | undefined,
  rest: readonly string[],
  asGiven: StudyFlags,
): Promise<number> {
  const asks = (report: string): boolean => asGiven.reporter?.some(({ name }) => name === report) === true;
  const flags = { ...asGiven, json: asGiven.json || asks('json') };
  const { engine } = context;
  const studies = await engine.studies.list();
  if (given === undefined) return listStudies(context, studies, flags.json);
  const state = flags.exhaustive ? [{ flag: '--state', path: flags.state }] : [];
  requireDistinctFiles([...outputsOf(flags), ...state], inputsOf([given, ...rest], flags.scenario));
  const asked = await askedOf(context, studies, given, rest, flags);
  const { chosen, selected } = asked;
  const { out } = flags;
  const other = flags.reporter?.find(({ name }) => name !== 'default' && name !== 'json');
  if (flags.exhaustive && other !== undefined)
    throw new InputError(
      `--reporter ${other.name}: --exhaustive has no ${other.name === 'html' ? 'page' : 'such report'}`,
      'leave one of them out',
    );
  if (flags.exhaustive && flags.reporterFile !== undefined)
    throw new InputError('--reporter-file: the document of --exhaustive is printed', 'redirect it');
  if (flags.exhaustive) return exhaustive(context, asked, flags);
  const reporting = new OwnReporting(context, flags);
  reporting.begin();
  if (chosen.probes.includes('hunt')) checkOutDirectory(out);
  const keeper = await keeperOf(context, out);
  const shipped = await engine.studies.shipped(chosen, flags.memory);
  const { results, failure, interrupted } = await runRows(
    context,
    { ...asked, shipped },
    keeper,
    flags,
    reporting,
  );
  // Several windows of one recording: each note with its window.
  const notes = selected.scenarios.flatMap(({ name: from, notes: all = [] }) =>
    all.map((note) => (selected.scenarios.length > 1 ? `${from}: ${note}` : note)),
  );
  const report = studyReport(chosen, results, notes, interrupted);
  if (reporting.isPrinted)
    printStudyEnd(context, chosen, results, { shipped, notes }, screenWidth(context.io));
  const { seed, memory } = flags;
  const { strategies } = asked;
  await reporting.end(
    {
      document: () => studyDocument(context.version, report),
      page: () => studyPage(context.version, results, report),
      blob: () => serializeStudyBlob(blobOfStudy(chosen, { ...asked, results, notes }, flags)),
    },
    studyHuntReport(chosen, asked.rows, results, { seed, memory, strategies, notes, interrupted }),
  );
  if (failure !== null) throw failure;
  if (interrupted) return EXIT_INTERRUPTED;
  if (keeper.failed) return EXIT_FAILURE;
  return results.some(({ row, verdict }) => row.baseline === null && verdict?.violation != null)
    ? EXIT_VIOLATION
    : EXIT_OK;
}

async function exhaustive(context: CliContext, asked: Asked, flags: StudyFlags): Promise<number> {
  const { chosen, rows, selected } = asked;
  if (chosen.exhaustive === undefined)
    throw new InputError(
      `--exhaustive: ${chosen.name} only counts`,
      'leave it out, or see "shootdown verify"',
    );
  if (flags.executions !== undefined || flags.count !== undefined)
    throw new InputError('--exhaustive looks at all executions', 'leave --executions and --count out');
  const { memory, memoryLimit, budget: budgetMs = CELL_BUDGET_MS, jobs, json, out, state } = flags;
  checkOutDirectory(out);
  return studyExhaustively(context, chosen, rows, selected.scenarios, {
    ...{ memory, memoryLimit, budgetMs, jobs, json, out, state },
  });
}

/** A study as it was asked for. */
interface Asked {
  readonly chosen: Study;
  readonly rows: Study['rows'];
  /** Whether all rows of the study are among them. */
  readonly isWhole: boolean;
  readonly selected: SelectedScenarios;
  readonly strategies: readonly string[];
}

async function askedOf(
  { engine }: CliContext,
  studies: readonly Study[],
  given: string,
  rest: readonly string[],
  flags: StudyFlags,
): Promise<Asked> {
  const { name, modules } = isModulePath(given)
    ? { name: STUDY_DEFAULT, modules: [given, ...rest] }
    : { name: given, modules: rest };
  const found = studies.find((known) => known.name === name.toLowerCase());
  if (found === undefined) throw unknownStudy(name, studies);
  const own = await loadOwn(engine, modules, flags.typeCheck);
  const asked = await engine.studies.withOwn(found, own.variants, flags.variant !== undefined);
  const strategies = await selectStrategies(engine, undefined);
  if (flags.scenario !== undefined && asked.rows.every(({ scenarios }) => scenarios !== undefined))
    throw new InputError(
      `--scenario: ${asked.name} has scenarios of its own, made for what it counts`,
      'leave it out',
    );
  const small = flags.exhaustive ? (asked.exhaustive?.scenarios ?? []) : [];
  const selected =
    flags.scenario === undefined && flags.window === undefined && own.scenarios.length === 0
      ? { scenarios: flags.exhaustive ? small : asked.scenarios, description: [] }
      : await selectScenarios(
          engine,
          flags.scenario ?? own.scenarios.map(({ name }) => name),
          flags.window ?? null,
          TRACE_WINDOWS,
          [...own.scenarios, ...small],
        );
  const chosen = await engine.studies.over(asked, selected.scenarios);
  const rows = flags.variant === undefined ? chosen.rows : selectRows(chosen, flags.variant);
  // Beside modules the study has few rows of its own.
  const isWhole = rows.length >= found.rows.length;
  return { chosen, rows, isWhole, selected, strategies };
}

interface AskedWithProofs extends Asked {
  /** What the package says of rows; null where it may not. */
  readonly shipped: ShippedProofs | null;
}

async function runRows(
  context: CliContext,
  asked: AskedWithProofs,
  keeper: Keeper,
  flags: StudyFlags,
  { isPrinted, isQuiet }: OwnReporting,
): Promise<{ results: readonly RowResult[]; failure: unknown; interrupted: boolean }> {
  const { chosen, rows, selected, strategies } = asked;
  const { seed, memory, jobs } = flags;
  const toRun = rows.filter(({ senseless }) => senseless === undefined).length;
  const { executions, count, budget: budgetMs } = flags;
  const amount = amountOf(chosen.plan, { executions, count, budgetMs, isWhole: asked.isWhole });
  if (isPrinted) printHead(context, chosen, selected, amount, flags);
  const printer = new RowPrinter(context, asked, {
    isSilent: !isPrinted,
    isProvedAnew: amount.proof !== undefined,
  });
  const { results } = printer;
  let failure: unknown = null;
  const interrupted = await withPool(context, { jobs, quiet: isQuiet }, async (pool, signal, progress) => {
    const begunMs = performance.now();
    const request = {
      ...{ study: chosen, rows, scenarios: selected.scenarios, strategies, memory, seed, signal },
      ...amount,
      shipped: asked.shipped ?? undefined,
      keep: (finding: Finding): string | null => {
        progress.clear();
        return keeper.keep(finding);
      },
      onRow: (result: RowResult): void => {
        progress.clear();
        printer.add(result);
      },
      onProof: (result: RowResult): void => {
        progress.clear();
        printer.proved(result);
      },
      onProgress(of: HuntProgress): void {
        const done = results.filter(({ row }) => row.senseless === undefined).length;
        const elapsedMs = performance.now() - begunMs;
        // No more than about: some executions of each row are done whatever the time.
        const left = timeLeftMs({ elapsedMs, budgetMs: amount.budgetMs, done, of: toRun });
        progress.update(of, `${done} of ${toRun} rows done; `, aboutLeft(left));
      },
    };
    try {
      await context.engine.studies.run(request, pool);
      printer.end();
    } catch (error) {
      // What is known is told first.
      if (results.length === 0) throw error;
      failure = error;
    }
    return results.length > 0;
  });
  return { results, failure, interrupted };
}

function listStudies({ io, ...context }: CliContext, studies: readonly Study[], json: boolean): number {
  const items = studies.map(({ name, summary, rows }) => ({ name, summary, rows: rows.length }));
  if (json) printJson(io.stdout, items);
  else {
    const columns = [{ title: 'STUDY' }, { title: 'ROWS', align: 'right' as const }, { title: 'QUESTION' }];
    const rows = items.map(({ name, summary, rows }) => [name, String(rows), summary]);
    printLine(io.stdout, renderTable(columns, rows, { colors: outColors({ io, ...context }) }));
  }
  return EXIT_OK;
}

function unknownStudy(name: string, studies: readonly Study[]): InputError {
  const known = studies.map((study) => study.name);
  const error = unknownName('study', name, known, '');
  return new InputError(error.what, '"shootdown study" shows all');
}

/** The rows of these variants, and the ones that they are compared with, in the study's order. */
function selectRows({ name, rows }: Study, given: readonly string[]): StudyRow[] {
  const wanted = new Set<string>();
  for (const variant of given) {
    const typed = variant.toLowerCase();
    const matching = rows.filter((row) => row.variant.toLowerCase() === typed);
    if (matching.length === 0) {
      const known = [...new Set(rows.map((row) => row.variant))];
      const error = unknownName(`row of ${name}`, variant, known, '');
      throw new InputError(error.what, `"shootdown study ${name}" shows all`);
    }
    for (const row of matching)
      for (const key of [row.variant, row.baseline]) if (key !== null) wanted.add(`${row.group} ${key}`);
  }
  return rows.filter((row) => wanted.has(`${row.group} ${row.variant}`));
}
