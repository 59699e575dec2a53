/** `shootdown merge`: what commands left behind with `--reporter blob`, put together; here, of hunts. */

import type { Verdict } from '../../../explore/api.js';
import type { Blob, BlobPart } from '../../../findings/blob.js';
import { checkOutDirectory } from '../../../findings/out-directory.js';
import { kindsOf, Renaming } from '../../../merge/kinds.js';
import { totalOf } from '../../../merge/total.js';
import { missingShards, unionOf } from '../../../merge/union.js';
import { visible } from '../../../report/escape.js';
import { missingLines } from '../../../report/merged-words.js';
import type { HuntReport, HuntResult, MergedFinding } from '../../../report/reporters/hunt-report.js';
import { count, groupDigits } from '../../../report/text-columns.js';
import { workProgress } from '../../../report/work-progress.js';
import { InfrastructureError } from '../../../vocabulary/errors.js';
import { type CliContext, keeperOf } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE, EXIT_VIOLATION } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import { ALLOW_NO_EFFECT, atLeastOne, type Given, OUT, toggle } from '../../options.js';
import { progressOf } from '../../with-pool.js';
import { defineCommand } from '../command.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { refuseIdle } from '../hunt/idle.js';
import { outputsOf } from '../hunt/named-files.js';
import { REPORTING, Reporting } from '../hunt/reporting.js';
import { type NamedBlobs, readBlobs } from './blobs.js';
import { Executions, KindSaver, shownWitness, tellLimits } from './save-kinds.js';
import { mergeStress } from './stress.js';
import { mergeStudy } from './study.js';
import { mergeVerification } from './verification.js';

const FLAGS = {
  out: OUT,
  allowMissing: toggle('--allow-missing', 'shards that are missing or were interrupted are no failure'),
  allowNoEffect: ALLOW_NO_EFFECT,
  ...REPORTING,
};

type MergeFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown hunt --variant 6.18 --shard 2/8 --reporter blob --reporter-file blobs/2.json
  $ shootdown merge blobs
  $ shootdown merge blobs --reporter junit --reporter-file junit.xml
  $ shootdown merge monday tuesday --reporter blob --reporter-file week.json
  $ shootdown stress --variant 6.18 --for 1h --seed 2 --reporter blob --reporter-file runs/2.json
  $ shootdown verify --variant 6.18 --scenario two-dontneed --shard 2/8 --reporter blob --reporter-file 2.json

Executions add up; a shard that is there twice counts once. Each bug is told once, with its shortest
witness, which is saved as a finding file and executed again if it is of no module. Merging is the same
in every order, and what was merged can be merged again.

Of a verification all states were looked at where every shard has looked at those that its part leads
to, and the shortest of the shards' witnesses is the shortest of all. Stress runs of several computers
add up, each once. Rows of a study that ran with other seeds add up, pair by pair, and other groups
stand beside them.

Exit codes: 0 no violation found, or known ones only, 1 a violation, 2 usage or bad input, or a witness
that does not replay, 3 a shard is missing or was interrupted, threads hung or died, a finding cannot be
saved, or a variant changed nothing of its base.`;

export const mergeCommand = defineCommand({
  name: 'merge',
  summary: 'put together what shards of a hunt or verification, stress runs or studies have found',
  description:
    'Reads the blobs of the shards of one hunt or of one verification, of stress runs of the same or of ' +
    'one study, adds up what they did, and reports it as that hunt, verification, run or study would.',
  arguments: { paths: atLeastOne('paths', 'blobs, or directories with blobs in them') },
  flags: FLAGS,
  help: HELP,
  run: (context, { paths }, flags) => merge(context, paths, flags),
});

async function merge(context: CliContext, paths: readonly string[], flags: MergeFlags): Promise<number> {
  const { io } = context;
  const { hunts: blobs, verifications, stresses, studies } = readShown(context, paths, flags.json);
  if (verifications.length > 0) return mergeVerification(context, verifications, flags);
  if (stresses.length > 0) return mergeStress(context, stresses, flags);
  if (studies.length > 0) return mergeStudy(context, studies, flags);
  requireDistinctFiles(
    outputsOf(flags),
    blobs.map(({ file }) => ({ flag: 'a blob', path: file })),
  );
  const blob = unionOf(blobs);
  const reporting = new Reporting(context, flags);
  checkOutDirectory(flags.out);
  begin(reporting, blobs.length, blob);

  const keeper = await keeperOf(context, flags.out);
  const saver = new KindSaver(keeper);
  const renaming = new Renaming();
  const executions = new Executions(context, !reporting.showsDefault);
  const outcomes: SubjectOutcome[] = [];
  for (const [subject, parts] of partsBySubject(blob)) {
    const outcome = await outcomeOf(context, blob, { subject, parts, saver, renaming, executions });
    outcomes.push(outcome);
    reporting.verdict(outcome.result.verdict);
  }
  tellLimits(context, saver, executions);
  const report = reportOf(context, blobs.length, blob, outcomes, flags.allowNoEffect);
  const failures = await endAll(reporting, report);
  for (const { message } of failures) printLine(io.stderr, `shootdown: ${visible(message)}`);
  if (!reporting.showsDefault)
    for (const line of missingLines(missingShards(blob))) printLine(io.stderr, `shootdown: ${line}`);
  if (outcomes.some(({ isDoubtful }) => isDoubtful)) return EXIT_USAGE;
  if (keeper.failed || failures.length > 0) return EXIT_FAILURE;
  return exitCodeOf(context, report, flags);
}

function readShown(context: CliContext, paths: readonly string[], isQuiet: boolean): NamedBlobs {
  const progress = progressOf(context, isQuiet);
  const mebibytes = (bytes: number): string => groupDigits(Math.ceil(bytes / 2 ** 20));
  const words = (done: number, of: number): string =>
    `reading blobs: ${mebibytes(done)} of ${mebibytes(of)} MiB done`;
  try {
    return readBlobs(paths, workProgress(progress, words));
  } finally {
    progress.clear();
  }
}

/** What became of a variant or program. */
interface SubjectOutcome {
  readonly result: HuntResult;
  readonly findings: readonly MergedFinding[];
  /** Its witness does not replay. */
  readonly isDoubtful: boolean;
}

/** Parts of each subject that any shard has come to, in the order of the hunt. */
function partsBySubject({ hunt, parts }: Blob): Map<string, BlobPart[]> {
  const found = new Map(hunt.subjects.map((subject): [string, BlobPart[]] => [subject, []]));
  for (const part of parts) found.get(part.did.variant)?.push(part);
  for (const [subject, own] of found) if (own.length === 0) found.delete(subject);
  return found;
}

/** A variant or program, and what a merge has for all of them. */
interface MergedSubject {
  readonly subject: string;
  readonly parts: readonly BlobPart[];
  readonly saver: KindSaver;
  readonly renaming: Renaming;
  readonly executions: Executions;
}

async function outcomeOf(
  context: CliContext,
  blob: Blob,
  { subject, parts, saver, renaming, executions }: MergedSubject,
): Promise<SubjectOutcome> {
  const kinds = kindsOf(parts, renaming);
  const findings = saver.save(kinds);
  const [best = null] = kinds;
  const total = totalOf(blob, parts, best);
  if (best === null) return { result: { verdict: total, witness: null }, findings, isDoubtful: false };
  const replay = await executions.seenAgain(best.witness);
  const isDoubtful = replay?.reproduced === false;
  if (isDoubtful) {
    const why = `${subject}: the witness does not replay: ${replay.reason ?? 'the execution differs'}`;
    printLine(context.io.stderr, `shootdown: ${visible(why)}`);
  }
  const [{ finding: file }] = findings;
  // What a file says of it is nobody's word where it can be seen.
  const message = replay?.reproduced ? (replay.sentence ?? total.message) : total.message;
  const result = {
    verdict: { ...total, message, finding: file },
    witness: shownWitness(best.witness, replay, file),
  };
  return { result, findings, isDoubtful };
}

function reportOf(
  { version }: CliContext,
  files: number,
  blob: Blob,
  outcomes: readonly SubjectOutcome[],
  allowNoEffect: boolean,
): HuntReport {
  const { seed, memory, strategies, subjects } = blob.hunt;
  const results = outcomes.map(({ result }) => result);
  const reached = new Set(results.map(({ verdict }) => verdict.variant));
  const findings = outcomes.flatMap((outcome) => outcome.findings);
  return {
    ...{ version, results, notes: blob.notes, baseline: null, allowNoEffect },
    ...{ seed, memory, strategies, shard: undefined },
    notReached: subjects.filter((name) => !reached.has(name)),
    interrupted: results.some(({ verdict }) => verdict.interrupted),
    merged: { files, blob, missing: missingShards(blob), findings },
  };
}

function begin(reporting: Reporting, files: number, { hunt, parts }: Blob): void {
  const places = new Set(parts.flatMap(({ did }) => did.scenarios.map(({ scenario }) => scenario)));
  reporting.begin({
    ...{ seed: hunt.seed, memory: hunt.memory, strategies: hunt.strategies, shard: undefined },
    description: [{ label: 'merged', text: `${count(files, 'blob')} of ${count(hunt.shards, 'shard')}` }],
    subjects: hunt.subjects,
    scenarios: parts.every(({ did }) => did.program) ? 0 : places.size,
    places: [...places],
    ...{ jobs: undefined, budgetMs: undefined, executions: undefined, hasKnown: false },
  });
}

async function endAll(reporting: Reporting, report: HuntReport): Promise<InfrastructureError[]> {
  const failures: InfrastructureError[] = [];
  for (const end of reporting.ends(report))
    try {
      await end();
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      failures.push(error);
    }
  return failures;
}

/** A violation is one whatever is missing; without one, what is missing might have been. */
function exitCodeOf(
  context: CliContext,
  { results, merged, interrupted }: HuntReport,
  flags: MergeFlags,
): number {
  const verdicts: Verdict[] = results.map(({ verdict }) => verdict);
  if (verdicts.some(({ violation }) => violation !== null)) return EXIT_VIOLATION;
  const isWhole = merged?.missing.length === 0 && !interrupted;
  if (!isWhole && !flags.allowMissing) return EXIT_FAILURE;
  return flags.allowNoEffect ? EXIT_OK : refuseIdle(context, verdicts);
}
