/** `shootdown verify [FILE]`: all executions of plain programs, and of kernels in scenarios. */

import { checkOutDirectory } from '../../../findings/out-directory.js';
import type { Subject } from '../../../programs/subject.js';
import { visible } from '../../../report/escape.js';
import type { ShownWitness } from '../../../report/page/results.js';
import { Progress } from '../../../report/progress.js';
import { savePage } from '../../../report/reporters/html.js';
import { wrap } from '../../../report/text-columns.js';
import { replayCommand } from '../../../report/witness-words.js';
import type { VerifyVerdict } from '../../../verify/api.js';
import { verifyDocument } from '../../../verify/document.js';
import { type VerifyResult, verifyPage } from '../../../verify/page.js';
import {
  latentLines,
  progressWords,
  summaryLine,
  verdictLine,
  verifyRestsOn,
} from '../../../verify/words.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { Finding } from '../../../vocabulary/finding.js';
import { type CliContext, errColors, keeperOf, screenWidth } from '../../command-context.js';
import type { Engine, OwnDefinitions, ReplayResult } from '../../engine-api.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { wholeNumber } from '../../flag-values.js';
import { printJson, printLine } from '../../io.js';
import {
  flag,
  type Given,
  JSON_FLAG,
  LIMITS,
  MEMORY,
  MEMORY_LIMIT,
  MODULES,
  OUT,
  PROGRAMS,
  SCENARIOS,
  TYPE_CHECK,
  toggle,
  VARIANTS,
} from '../../options.js';
import { loadOwn } from '../../own-modules.js';
import { printCommands, printIndented, printTimeline } from '../../print-witness.js';
import { selectScenarios, selectVariants } from '../../select.js';
import { defineCommand } from '../command.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { requirePrograms } from '../hunt/hunt-targets.js';
import { inputsOf } from '../hunt/named-files.js';
import { directoryOf, PAGE_REPORTING, pageFiles, wantsPage, withReporters } from '../report-directory.js';
import { C_OPT, KERNEL_SOURCE, sourcesOf } from '../source/kernel-source.js';
import { KEEPING, type KeptSearches, keptSearches } from './kept-searches.js';

const SWITCHES_MAX = 2 ** 20;
const INDENT = '    ';

const FLAGS = {
  program: PROGRAMS.saying('programs of the modules (default: all)'),
  variant: VARIANTS,
  scenario: SCENARIOS.scenario.saying(
    'names of "list scenarios", small ones (--verify) or large (default: all small ones)',
  ),
  memory: MEMORY,
  memoryLimit: MEMORY_LIMIT,
  preemptionsOfCpus: flag(
    '--preemptions-of-cpus <K>',
    'only executions in which a CPU is taken off in favour of another at most K times while it could go on ' +
      '(default: all; where they are too many, K = 0, 1, 2, ... until time or memory ends)',
    (name) => wholeNumber(name, 0, SWITCHES_MAX),
  ),
  budget: LIMITS.budget.saying('time per program or scenario: 500ms, 30s, 2m, 1h (default: no limit)'),
  reduce: toggle(
    '--reduce',
    'executes steps of a CPU at once that no other can tell apart: fewer states, the same verdicts',
  ),
  ...KEEPING,
  out: OUT,
  typeCheck: TYPE_CHECK,
  ...KERNEL_SOURCE,
  cOpt: C_OPT,
  ...PAGE_REPORTING,
  json: JSON_FLAG.saying('one JSON document on stdout, nothing else: --reporter json'),
};
type VerifyFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown verify examples/ticket-lock.ts
  $ shootdown verify --variant 6.18 --scenario dontneed-read
  $ shootdown verify --variant 6.18 --scenario two-dontneed --state searches --resume
  $ shootdown verify lock.ts --program my-lock --memory sc --memory-limit 8g --json

Exit codes: 0 no violation (where time or memory ended: none met), 1 a violation, 2 usage or bad input,
3 internal or infrastructure failure, 130 interrupted.`;

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'explore all executions of programs of your own, or of a kernel in small scenarios',
  description:
    'Explores every execution of each plain program, or of a variant in each scenario: every interleaving, ' +
    'every drain of a store buffer, every delivery of an interrupt, every speculative walk and every ' +
    'preemption within the bound of the scenario, every answer of choose. A violation comes with ' +
    'the shortest witness there is, saved as a finding file ' +
    'that "shootdown replay" reproduces.',
  arguments: { modules: MODULES },
  flags: FLAGS,
  help: HELP,
  run: (context, { modules }, flags) => verify(context, modules, flags),
});

async function verify(context: CliContext, modules: readonly string[], given: VerifyFlags): Promise<number> {
  const flags = withReporters(given);
  const { engine, io, version } = context;
  if (wantsPage(flags)) requireDistinctFiles(pageFiles(flags.reportDir), inputsOf(modules, flags.scenario));
  const own = await loadOwn(engine, modules, flags.typeCheck, await sourcesOf(engine, flags));
  const subjects = await subjectsOf(engine, own, flags);
  checkOutDirectory(flags.out);
  const searches = keptSearches(context, subjects, flags);
  const run = await verifyAll(context, subjects, flags, searches);
  if (flags.json) printJson(io.stdout, verifyDocument(version, run.verdicts, run.interrupted));
  else printRest(context, run.verdicts);
  if (wantsPage(flags)) await savePageOf(context, run, flags);
  if (run.interrupted) return EXIT_INTERRUPTED;
  if (run.unsaved) return EXIT_FAILURE;
  return run.verdicts.some(({ violation }) => violation !== null) ? EXIT_VIOLATION : EXIT_OK;
}

/** Flags choose; what they do not name comes from the modules, as for a hunt. Throws InputError. */
async function subjectsOf(engine: Engine, own: OwnDefinitions, flags: VerifyFlags): Promise<Subject[]> {
  const isKernel = flags.variant !== undefined || flags.scenario !== undefined;
  requirePrograms(flags.program ?? [], own);
  const programs = flags.program ?? (isKernel ? [] : own.programs.map(({ name }) => name));
  const variants =
    flags.variant === undefined
      ? flags.program === undefined
        ? own.variants
        : []
      : await selectVariants(engine, flags.variant);
  if (variants.length === 0 && flags.scenario !== undefined)
    throw new InputError('verify: no variant is named', 'give one with --variant');
  if (programs.length + variants.length === 0)
    throw new InputError(
      'verify: nothing is given',
      'give a module that exports a program (plainProgram), or a kernel with --variant',
    );
  const small = await engine.verifyScenarios();
  const known = [...own.scenarios, ...small];
  const given =
    flags.scenario === undefined || variants.length === 0
      ? undefined
      : (await selectScenarios(engine, flags.scenario, null, 1, known)).scenarios;
  const subjects: Subject[] = programs.map((program) => ({ program }));
  for (const variant of variants)
    for (const scenario of await engine.fittingScenarios([variant], given, known))
      subjects.push({ variant, scenario });
  return subjects;
}

function nameOf(subject: Subject): string {
  return 'program' in subject ? subject.program : `${subject.variant} in ${subject.scenario.name}`;
}

interface Verified {
  readonly verdicts: readonly VerifyVerdict[];
  /** The same, with witnesses as a page shows them. */
  readonly results: readonly VerifyResult[];
  readonly interrupted: boolean;
  /** A finding could not be saved in its directory. */
  readonly unsaved: boolean;
}

async function verifyAll(
  context: CliContext,
  subjects: readonly Subject[],
  flags: VerifyFlags,
  searches: KeptSearches | null,
): Promise<Verified> {
  const { engine, io } = context;
  const { memory, memoryLimit, budget: budgetMs, preemptionsOfCpus: switchesMax, json } = flags;
  const abort = new AbortController();
  const stopListening = io.onInterrupt(() => abort.abort());
  const progress = new Progress(io.stderr, !json && io.stderr.isTTY === true, errColors(context));
  const keeper = await keeperOf(context, flags.out);
  const verdicts: VerifyVerdict[] = [];
  const results: VerifyResult[] = [];
  const verifier = await engine.verifier();
  try {
    for (const subject of subjects) {
      if (abort.signal.aborted) break;
      const name = nameOf(subject);
      progress.show(`${name}: starting`);
      const onProgress = (told: Parameters<typeof progressWords>[1]): void =>
        progress.show(progressWords(name, told));
      const { verdict, finding } = await verifier.verify({
        subject,
        memory,
        memoryLimit,
        budgetMs,
        switchesMax,
        isReduced: flags.reduce,
        signal: abort.signal,
        onProgress,
        kept: searches?.request(subject, progress),
      });
      progress.clear();
      searches?.tell(subject, verdict);
      const kept = { ...verdict, finding: finding === null ? null : keeper.keep(finding) };
      verdicts.push(kept);
      const replay = finding === null || (json && !wantsPage(flags)) ? null : await engine.replay(finding);
      results.push({ verdict: kept, witness: witnessOf(finding, kept.finding, replay) });
      if (!json) print(context, kept, finding, replay);
    }
  } finally {
    progress.clear();
    stopListening();
    verifier.close();
  }
  return { verdicts, results, interrupted: abort.signal.aborted, unsaved: keeper.failed };
}

/** As it ends: its line, and a witness. */
function print(
  context: CliContext,
  verdict: VerifyVerdict,
  finding: Finding | null,
  replay: ReplayResult | null,
): void {
  const { io } = context;
  const [line, ...more] = wrap(visible(verdictLine(verdict)), screenWidth(io) - INDENT.length);
  printLine(io.stdout, [line, ...more.map((text) => `${INDENT}${text}`)].join('\n'));
  printIndented(context, latentLines(verdict), screenWidth(io));
  if (finding === null || replay === null) return;
  printIndented(context, [visible(finding.violation.message)], screenWidth(io));
  printLine(io.stdout, '');
  printTimeline(context, finding, replay, false);
  if (verdict.finding !== null) printCommands(context, verdict.finding, finding);
  printLine(io.stdout, '');
}

function witnessOf(
  finding: Finding | null,
  file: string | null,
  replay: ReplayResult | null,
): ShownWitness | null {
  if (finding === null || replay === null) return null;
  const command = file === null ? null : replayCommand(file, finding);
  return { finding, cause: replay.cause, replay: command, file, execution: replay };
}

async function savePageOf(context: CliContext, run: Verified, flags: VerifyFlags): Promise<void> {
  const directory = directoryOf(context, flags.reportDir, !flags.json);
  await savePage(directory, verifyPage(context.version, run.results, run.interrupted));
}

/** After the last one. */
function printRest(context: CliContext, verdicts: readonly VerifyVerdict[]): void {
  const { io } = context;
  if (verdicts.length > 1)
    printLine(io.stdout, `\n${wrap(summaryLine(verdicts), screenWidth(io)).join('\n')}`);
  printIndented(context, verifyRestsOn(verdicts), screenWidth(io));
}
