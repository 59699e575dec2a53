/**
 * `shootdown stress`: a variant on worker threads, one for each simulated CPU, with the machine's own races.
 */

import type { HuntProgress, HuntRequest } from '../../../explore/api.js';
import type { Keeper } from '../../../findings/keeper.js';
import { checkOutDirectory } from '../../../findings/out-directory.js';
import { serializeStressBlob } from '../../../merge/stress/blob.js';
import { visible } from '../../../report/escape.js';
import { openFindingsMet } from '../../../report/hunt-words.js';
import { stressDocument } from '../../../report/json-documents.js';
import { stressHuntReport } from '../../../report/stress-hunt-report.js';
import { count } from '../../../report/text-columns.js';
import { aboutLeft, durationWords } from '../../../report/time-words.js';
import type { StressProgress } from '../../../stress/api.js';
import type { SelfTest } from '../../../stress/self-test.js';
import type { CampaignResult, StressTarget } from '../../../stress/stress-campaign.js';
import { InfrastructureError } from '../../../vocabulary/errors.js';
import { type CliContext, keeperOf } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED } from '../../exit-codes.js';
import { duration, names, oneOf, wholeNumber } from '../../flag-values.js';
import { printInterrupted } from '../../io.js';
import {
  ALLOW_NO_EFFECT,
  flag,
  flagOr,
  type Given,
  MEMORY,
  MODULES,
  OUT,
  PROGRAMS,
  SCENARIOS,
  SEED,
  TYPE_CHECK,
  toggle,
  WATCH,
} from '../../options.js';
import { loadOwn } from '../../own-modules.js';
import { printLabelled } from '../../print-witness.js';
import { isToBeWatched, watchModules } from '../../watch/watch-modules.js';
import { progressOf } from '../../with-pool.js';
import { defineCommand } from '../command.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { inputsOf, outputsOf } from '../hunt/named-files.js';
import { isDocumentAlone } from '../hunt/reporting.js';
import { OWN_REPORTING, OwnReporting } from '../own-reports.js';
import { C_FILES_FLAG, C_OPT, KERNEL_SOURCE, sourcesOf } from '../source/kernel-source.js';
import { printStress, type ShownLook, stressExitCode, stressWitness } from './print-stress.js';
import { blobOfRun } from './stress-blob.js';
import { aboutRun, huntWitness, pageOf, shownWitness } from './stress-page.js';
import { type StressTargets, selectStressTargets } from './stress-targets.js';

const FOR_MS_DEFAULT = 10_000;
const PERTURB_DEFAULT = 200;
/** Scripts of plain programs are short. */
const PERTURB_PROGRAMS = 8;
const CPUS_MAX = 256;
/** How long the explorer looks for a witness of what threads have shown. */
const WITNESS_MS = 20_000;
const WAITING = ['auto', 'doorbell', 'token'] as const;

const FLAGS = {
  variant: flag('--variant <name>', "variant, alias or CVE (default: the modules' one)", names),
  program: PROGRAMS.saying(
    'programs of the modules, in turn (default: all, where the modules have no variant)',
  ),
  scenario: SCENARIOS.scenario.saying(
    "catalogue names, munmap-storm, dontneed-storm or munmap-storm-busy (default: the modules', or the " +
      'catalogue, in turn)',
  ),
  cpus: flag(
    '--cpus <N>',
    "simulated CPUs; beyond a scenario's own it is replicated (default: its own)",
    (name) => wholeNumber(name, 1, CPUS_MAX),
  ),
  for: flagOr(
    '--for <time>',
    'length of the run: 10s, 500ms, 2m; a plain number is seconds',
    duration,
    FOR_MS_DEFAULT,
    `${FOR_MS_DEFAULT / 1000}s`,
  ),
  seed: SEED.saying('seed of perturbation and choices'),
  memory: MEMORY.saying("tso: the computer's own; sc: every store is a full barrier"),
  wait: flagOr(
    '--wait <how>',
    `how CPUs share the cores: ${WAITING.join(', ')}`,
    (name) => oneOf(name, WAITING),
    'auto',
  ),
  perturb: flag(
    '--perturb <N>',
    `mean instructions between two perturbations of a CPU; 0: none (default: ${PERTURB_DEFAULT}, for ` +
      `programs ${PERTURB_PROGRAMS})`,
    (name) => wholeNumber(name, 0, 1e9),
  ),
  allowNoEffect: ALLOW_NO_EFFECT.saying('a variant of which nothing ever ran is no failure'),
  witness: toggle('--no-witness', 'do not let the explorer look for a witness'),
  watch: WATCH,
  out: OUT,
  typeCheck: TYPE_CHECK,
  ...KERNEL_SOURCE,
  cFiles: C_FILES_FLAG,
  cOpt: C_OPT,
  ...OWN_REPORTING,
};

type StressFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown stress --variant b3
  $ shootdown stress --variant 6.18 --cpus 64 --for 1m
  $ shootdown stress my-rule.ts --for 1m
  $ shootdown stress ticket-lock.ts
  $ shootdown stress --kernel-source ~/linux --cpus 8
  $ shootdown stress --variant 6.18 --scenario munmap-storm --cpus 8 --json
  $ shootdown stress --variant 6.18 --for 1h --seed 2 --reporter blob --reporter-file runs/2.json
  $ shootdown merge runs

Exit codes: 0 no violation seen, 1 a violation, 2 usage or bad input, 3 a hang, a dead thread, a failed
self-test or another failure, 130 interrupted.`;

export const stressCommand = defineCommand({
  name: 'stress',
  summary: 'run a variant, or programs of your own, on worker threads, one per simulated CPU',
  description:
    "Runs the scenarios' scripts over and over, each simulated CPU on a thread of its own: real " +
    "parallelism, the computer's own store buffers and preemption, perturbed by a seed. A violation is " +
    'then looked for by the explorer, so that it gets a witness that can be replayed.',
  arguments: { modules: MODULES },
  flags: FLAGS,
  help: HELP,
  run: (context, { modules }, flags) => stress(context, modules, flags),
});

async function stress(context: CliContext, modules: readonly string[], flags: StressFlags): Promise<number> {
  const inputs = inputsOf(modules, flags.scenario);
  requireDistinctFiles(outputsOf(flags), inputs);
  if (isToBeWatched(context, modules, { ...flags, isAlone: isDocumentAlone(flags) }))
    return watchModules(context, inputs);
  const { engine, io } = context;
  const own = await loadOwn(engine, modules, flags.typeCheck, await sourcesOf(engine, flags));
  const chosen = await selectStressTargets(engine, flags, own);
  if (flags.witness) checkOutDirectory(flags.out);
  const reporting = new OwnReporting(context, flags);
  reporting.begin();
  const keeper = await keeperOf(context, flags.out);
  const run = await runThreads(context, chosen, flags, keeper, reporting);
  const { campaign, selfTest, look, failure, interrupted } = run;
  const { result } = campaign;
  if (reporting.isPrinted) printStress(context, result, look);
  const shown = shownWitness(look);
  await reporting.end(
    {
      document: () => documentOf(context, run),
      page: () =>
        pageOf(context, { chosen, flags, test: selfTest }, campaign, { witness: shown, interrupted }),
      blob: () =>
        serializeStressBlob(blobOfRun(chosen, flags, { ...run, perturb: perturbOf(chosen, flags) })),
    },
    stressHuntReport(result, huntWitness(shown), look?.path ?? null, flags.allowNoEffect),
  );
  if (interrupted) {
    printInterrupted(io, 'what was seen by then is above');
    return EXIT_INTERRUPTED;
  }
  if (failure !== null) throw failure;
  return keeper.failed ? EXIT_FAILURE : stressExitCode(context, result, flags);
}

/** What threads have shown, and what the explorer found of it. */
interface StressRun {
  readonly campaign: CampaignResult;
  readonly selfTest: SelfTest;
  readonly look: ShownLook | null;
  /** Why the explorer could not look, to be thrown once what is known has been told; null if nothing. */
  readonly failure: unknown;
  readonly interrupted: boolean;
}

function perturbOf({ ofPrograms }: StressTargets, { perturb }: StressFlags): number {
  return perturb ?? (ofPrograms ? PERTURB_PROGRAMS : PERTURB_DEFAULT);
}

async function runThreads(
  context: CliContext,
  chosen: StressTargets,
  flags: StressFlags,
  keeper: Keeper,
  { isQuiet, isPrinted }: OwnReporting,
): Promise<StressRun> {
  const { engine, io } = context;
  const { name, ofPrograms, targets } = chosen;
  const progress = progressOf(context, isQuiet);
  const abort = new AbortController();
  const stopListening = io.onInterrupt(() => abort.abort());
  let look: ShownLook | null = null;
  let failure: unknown = null;
  try {
    progress.show('self-test of the memory accesses');
    const test = await selfTest(context);
    if (isPrinted) {
      progress.clear();
      printLabelled(context, aboutRun({ chosen, flags, test }));
    }
    const { seed, memory, wait } = flags;
    const begunMs = performance.now();
    const campaign = await engine.threads.stress(
      {
        forMs: flags.for,
        seed,
        memory,
        waiting: wait,
        perturbEvery: perturbOf(chosen, flags),
        atomicStores: test.atomicStores,
        signal: abort.signal,
        // What it tells is of one scenario of several.
        onProgress({ steps, cpus }: StressProgress): void {
          const elapsedMs = performance.now() - begunMs;
          const time = durationWords(elapsedMs) + aboutLeft(Math.max(0, flags.for - elapsedMs));
          progress.show(`${visible(name)}: ${time}, ${count(steps, 'script step')} on ${cpus} CPUs`);
        },
      },
      targets,
    );
    progress.clear();
    // A program that stands still is wrong in itself; a kernel that does, perhaps only its simulator.
    const failed = campaign.result.violations.length > 0 || (ofPrograms && campaign.result.hang !== null);
    if (failed && campaign.failedIn !== null && flags.witness && !abort.signal.aborted) {
      progress.show('a violation on threads; the explorer looks for a witness');
      try {
        const onProgress = (of: HuntProgress): void => progress.update(of, 'looking for a witness; ');
        const hunt = { ...flags, signal: abort.signal, onProgress };
        look = await findWitness(context, campaign.failedIn, hunt, keeper);
      } catch (error) {
        // What the threads have shown is told first.
        failure = error;
      }
    }
    return { campaign, selfTest: test, look, failure, interrupted: abort.signal.aborted };
  } finally {
    progress.clear();
    stopListening();
  }
}

/** Whether the computer's memory is as shootdown takes it to be. */
async function selfTest({ engine }: CliContext): Promise<SelfTest> {
  const test = await engine.threads.selfTest();
  if (test.failed)
    throw new InfrastructureError(
      `self-test failed: even Atomics showed what x86 forbids on this computer (${test.reason})`,
    );
  return test;
}

function documentOf({ version }: CliContext, { campaign, interrupted, selfTest, look }: StressRun): unknown {
  const witness = look === null ? null : stressWitness(look);
  return stressDocument(version, campaign.result, {
    ...{ interrupted, selfTest, witness, known: look?.known ?? null },
  });
}

/** The explorer's look at the same scenario, with as many CPUs as it was made for, or at the same program. */
async function findWitness(
  { engine }: CliContext,
  target: StressTarget,
  { seed, memory, signal, onProgress }: Pick<HuntRequest, 'seed' | 'memory' | 'signal' | 'onProgress'>,
  keeper: Keeper,
): Promise<ShownLook> {
  const jobs = 2;
  const pool = await engine.openPool(jobs);
  try {
    const strategies = (await engine.strategies()).map(({ name }) => name);
    const plan = { strategies, seed, memory, jobs, budgetMs: WITNESS_MS, signal, onProgress };
    const result =
      'scenario' in target
        ? await engine.hunt({ ...plan, variant: target.variant, scenarios: [target.scenario] }, pool)
        : await engine.huntProgram({ ...plan, program: target.program }, pool);
    const { verdict, finding, replay } = result;
    const { variant, executions, seconds, violation, message, known = null } = verdict;
    return {
      ...{ variant, executions, seconds, violation, message, known, met: openFindingsMet(verdict) },
      ...{ finding: replay === null ? null : finding, replay },
      path: finding === null ? null : keeper.keep(finding),
    };
  } finally {
    await pool.close();
  }
}
