/** `shootdown verify [FILE]`: all executions of plain programs, and of kernels in scenarios. */

import type { Shard } from '../../../explore/shard.js';
import { checkOutDirectory } from '../../../findings/out-directory.js';
import type { Subject } from '../../../programs/subject.js';
import { visible } from '../../../report/escape.js';
import { atMostLeft } from '../../../report/time-words.js';
import type { VerifyVerdict } from '../../../verify/api.js';
import { type Refused, verifyDocument } from '../../../verify/document.js';
import { verifyHuntReport } from '../../../verify/hunt-report.js';
import { type VerifyResult, verifyPage } from '../../../verify/page.js';
import type { VerifyPart } from '../../../verify/shards/blob.js';
import { progressWords } from '../../../verify/words.js';
import { InputError, NotVerifiableError } from '../../../vocabulary/errors.js';
import { type CliContext, keeperOf } from '../../command-context.js';
import type { Engine, OwnDefinitions } from '../../engine-api.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE, EXIT_VIOLATION } from '../../exit-codes.js';
import { wholeNumber } from '../../flag-values.js';
import { printLine } from '../../io.js';
import {
  flag,
  type Given,
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
  WATCH,
} from '../../options.js';
import { loadOwn } from '../../own-modules.js';
import { selectScenarios, selectVariants } from '../../select.js';
import { isToBeWatched, watchModules } from '../../watch/watch-modules.js';
import { progressOf } from '../../with-pool.js';
import { defineCommand } from '../command.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { requirePrograms } from '../hunt/hunt-targets.js';
import { inputsOf, outputsOf, reportFilesOf } from '../hunt/named-files.js';
import { OwnReporting } from '../own-reports.js';
import { C_FILES_FLAG, C_OPT, KERNEL_SOURCE, sourcesOf } from '../source/kernel-source.js';
import { KEEPING, type KeptSearches, keptSearches } from './kept-searches.js';
import { printRest, printVerdict, shownWitness } from './print-verdict.js';
import { blobText, chosenShard, SHARING } from './sharing.js';

const SWITCHES_MAX = 2 ** 20;

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
  watch: WATCH,
  ...KEEPING,
  out: OUT,
  typeCheck: TYPE_CHECK,
  ...KERNEL_SOURCE,
  cFiles: C_FILES_FLAG,
  cOpt: C_OPT,
  ...SHARING,
};
type VerifyFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown verify examples/ticket-lock.ts
  $ shootdown verify --variant 6.18 --scenario dontneed-read
  $ shootdown verify --variant 6.18 --scenario two-dontneed --state searches --resume
  $ shootdown verify --variant 6.18 --scenario two-dontneed --shard 2/8 --reporter blob --reporter-file 2.json
  $ shootdown merge 1.json 2.json 3.json
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

async function verify(context: CliContext, modules: readonly string[], flags: VerifyFlags): Promise<number> {
  const { engine, version } = context;
  const inputs = inputsOf(modules, flags.scenario);
  requireDistinctFiles(outputsOf(flags), inputs);
  // Findings and searches may lie in one directory.
  const { state } = flags;
  if (state !== undefined)
    requireDistinctFiles([{ flag: '--state', path: state }, ...reportFilesOf(flags)], inputs);
  const reporting = new OwnReporting(context, flags);
  if (isToBeWatched(context, modules, { ...flags, isAlone: reporting.isQuiet }))
    return watchModules(context, inputs);
  const shard = chosenShard(context, flags);
  const own = await loadOwn(engine, modules, flags.typeCheck, await sourcesOf(engine, flags));
  const subjects = await subjectsOf(engine, own, flags);
  checkOutDirectory(flags.out);
  const searches = keptSearches(context, subjects, flags);
  reporting.begin();
  const run = await verifyAll(context, subjects, { ...flags, reporting, shard }, searches);
  const { refused, interrupted } = run;
  if (reporting.isPrinted) printRest(context, run.verdicts);
  const done = run.results.length + refused.length;
  const notReached = subjects.slice(done).map(nameOf);
  await reporting.end(
    {
      document: () => verifyDocument(version, run.verdicts, refused, interrupted),
      page: () => verifyPage(version, run.results, interrupted),
      blob: () => blobText(subjects, run.parts, shard, flags),
    },
    verifyHuntReport(run.results, { memory: flags.memory, shard, interrupted, refused, notReached }),
  );
  if (interrupted) return EXIT_INTERRUPTED;
  if (run.unsaved) return EXIT_FAILURE;
  if (run.verdicts.some(({ violation }) => violation !== null)) return EXIT_VIOLATION;
  return refused.length > 0 ? EXIT_USAGE : EXIT_OK;
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

/** `more`: how many are still to begin, each with the same limit. */
function leftWords(begunMs: number, budgetMs: number | undefined, more: number): string {
  if (budgetMs === undefined) return '';
  return atMostLeft(Math.max(0, budgetMs - (performance.now() - begunMs)) + more * budgetMs);
}

interface Verified {
  readonly verdicts: readonly VerifyVerdict[];
  /** The same, with witnesses as a page shows them. */
  readonly results: readonly VerifyResult[];
  /** The same, as a blob has them. */
  readonly parts: readonly VerifyPart[];
  readonly interrupted: boolean;
  /** What is not seen through, where there are others. */
  readonly refused: readonly Refused[];
  /** A finding could not be saved in its directory. */
  readonly unsaved: boolean;
}

/** What comes of it; of what is not seen through that, unless it is all there is. */
const attempt = <T>(verified: Promise<T>, isAlone: boolean): Promise<T | NotVerifiableError> =>
  verified.catch((error) => {
    if (isAlone || !(error instanceof NotVerifiableError)) throw error;
    return error;
  });

async function verifyAll(
  context: CliContext,
  subjects: readonly Subject[],
  flags: Omit<VerifyFlags, 'shard'> & {
    readonly reporting: OwnReporting;
    readonly shard: Shard | undefined;
  },
  searches: KeptSearches | null,
): Promise<Verified> {
  const { engine, io } = context;
  const { memory, memoryLimit, budget: budgetMs, preemptionsOfCpus: switchesMax, shard, reporting } = flags;
  const { isQuiet, isPrinted, isVerbose, showsWitnesses } = reporting;
  const abort = new AbortController();
  const stopListening = io.onInterrupt(() => abort.abort());
  const progress = progressOf(context, isQuiet);
  const keeper = await keeperOf(context, flags.out);
  const verdicts: VerifyVerdict[] = [];
  const results: VerifyResult[] = [];
  const parts: VerifyPart[] = [];
  const refused: Refused[] = [];
  const verifier = await engine.verifier();
  try {
    for (const [index, subject] of subjects.entries()) {
      if (abort.signal.aborted) break;
      const name = `${subjects.length > 1 ? `${index + 1} of ${subjects.length}; ` : ''}${nameOf(subject)}`;
      progress.show(`${name}: starting`);
      // Of the limit, what comes before the search takes nothing.
      let begunMs: number | null = null;
      const onProgress = (told: Parameters<typeof progressWords>[1]): void => {
        begunMs ??= performance.now();
        progress.show(progressWords(name, told) + leftWords(begunMs, budgetMs, subjects.length - 1 - index));
      };
      const asked = {
        ...{ subject, memory, memoryLimit, budgetMs, switchesMax },
        isReduced: flags.reduce,
        shard,
        signal: abort.signal,
        onProgress,
        kept: searches?.request(subject, progress),
      };
      // The others are verified all the same; shards have all of them, or none.
      const verified = await attempt(verifier.verify(asked), subjects.length === 1 || shard !== undefined);
      progress.clear();
      if (verified instanceof NotVerifiableError) {
        refused.push({ name: nameOf(subject), why: verified.message });
        printLine(io.stderr, `shootdown: ${visible(verified.message)}`);
        continue;
      }
      const { verdict, finding } = verified;
      searches?.tell(subject, verdict);
      const kept = { ...verdict, finding: finding === null ? null : keeper.keep(finding) };
      verdicts.push(kept);
      if (verdict.shard !== undefined)
        parts.push({ verdict: { ...verdict, shard: verdict.shard, finding: null }, witness: finding });
      const replay = finding === null || !showsWitnesses ? null : await engine.replay(finding);
      results.push({ verdict: kept, witness: shownWitness(finding, kept.finding, replay) });
      if (isPrinted) printVerdict(context, kept, finding, isVerbose ? null : replay);
    }
  } finally {
    progress.clear();
    stopListening();
    verifier.close();
  }
  return { verdicts, results, parts, refused, interrupted: abort.signal.aborted, unsaved: keeper.failed };
}
