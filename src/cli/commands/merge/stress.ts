/** `shootdown merge` of what stress runs wrote, as the report of one run of all their time. */

import { checkOutDirectory } from '../../../findings/out-directory.js';
import { type Kind, kindsOf } from '../../../merge/kinds.js';
import { type StressBlob, serializeStressBlob } from '../../../merge/stress/blob.js';
import { lookTotal, stressPlaces, stressTotal } from '../../../merge/stress/total.js';
import { type NamedStressBlob, unionOfStressBlobs } from '../../../merge/stress/union.js';
import { visible } from '../../../report/escape.js';
import { type StressMerged, stressDocument } from '../../../report/json-documents.js';
import { alsoMetLines } from '../../../report/merged-words.js';
import { stressPage } from '../../../report/page/stress-page.js';
import type { MergedFinding } from '../../../report/reporters/hunt-report.js';
import { stressHuntReport } from '../../../report/stress-hunt-report.js';
import { type CliContext, keeperOf } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import { printLabelled } from '../../print-witness.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { outputsOf } from '../hunt/named-files.js';
import type { ReportingFlags } from '../hunt/reporting.js';
import { OwnReporting } from '../own-reports.js';
import { printStress, type ShownLook, stressExitCode, stressWitness } from '../stress/print-stress.js';
import { huntWitness, shownWitness } from '../stress/stress-page.js';
import { Executions, KindSaver, tellLimits } from './save-kinds.js';
import { aboutMerged, printPlaces } from './stress-words.js';

type Flags = ReportingFlags & {
  readonly out: string;
  readonly allowMissing: boolean;
  readonly allowNoEffect: boolean;
};

/** Answers the exit code. Throws InputError. */
export async function mergeStress(
  context: CliContext,
  blobs: readonly NamedStressBlob[],
  flags: Flags,
): Promise<number> {
  const { version } = context;
  requireDistinctFiles(
    outputsOf(flags),
    blobs.map(({ file }) => ({ flag: 'a blob', path: file })),
  );
  const blob = unionOfStressBlobs(blobs);
  const reporting = new OwnReporting(context, flags);
  checkOutDirectory(flags.out);
  reporting.begin();
  const { look, findings, isDoubtful, isUnsaved } = await lookOf(context, blob, {
    out: flags.out,
    isQuiet: reporting.isQuiet,
  });
  const result = stressTotal(blob);
  const { interrupted } = result;
  const about = aboutMerged(blob);
  const merged = mergedOf(blobs.length, blob, findings);
  if (reporting.isPrinted) {
    printLabelled(context, about);
    printStress(context, result, look);
    printPlaces(context, merged.places);
    for (const line of alsoMetLines(findings.slice(1), 'run')) printLine(context.io.stdout, line);
  }
  const shown = shownWitness(look);
  await reporting.end(
    {
      document: () =>
        stressDocument(version, result, {
          ...{ interrupted, selfTest: blob.parts[0].selfTest, known: look?.known ?? null, merged },
          witness: look === null ? null : stressWitness(look),
        }),
      page: () => stressPage({ shootdown: version, interrupted }, result, shown, about),
      blob: () => serializeStressBlob(blob),
    },
    stressHuntReport(result, huntWitness(shown), look?.path ?? null, flags.allowNoEffect),
  );
  if (isDoubtful) return EXIT_USAGE;
  if (isUnsaved) return EXIT_FAILURE;
  const code = stressExitCode(context, result, flags);
  if (code !== EXIT_OK || !interrupted || flags.allowMissing) return code;
  printLine(
    context.io.stderr,
    'shootdown: a run was interrupted; give --allow-missing if that is no failure',
  );
  return EXIT_FAILURE;
}

interface MergedLook {
  /** The best witness of all runs; null where the explorer looked for none. */
  readonly look: ShownLook | null;
  readonly findings: readonly MergedFinding[];
  /** The witness does not replay. */
  readonly isDoubtful: boolean;
  readonly isUnsaved: boolean;
}

/** Witnesses are saved, and the best is executed again if it is of no module. */
async function lookOf(
  context: CliContext,
  blob: StressBlob,
  { out, isQuiet }: { readonly out: string; readonly isQuiet: boolean },
): Promise<MergedLook> {
  const kinds = kindsOf(
    blob.parts.map(({ look }, index) => ({ shard: index + 1, witness: look?.witness ?? null })),
  );
  const keeper = await keeperOf(context, out);
  const saver = new KindSaver(keeper);
  const executions = new Executions(context, isQuiet);
  const findings = saver.save(kinds);
  const total = lookTotal(blob);
  const none = { finding: null, replay: null, path: null };
  const { look, isDoubtful } =
    kinds.length === 0
      ? { look: total === null ? null : { ...total, ...none }, isDoubtful: false }
      : await seenAgain(context, kinds[0], findings[0].finding, { total, executions });
  tellLimits(context, saver, executions);
  return { look, findings, isDoubtful, isUnsaved: keeper.failed };
}

async function seenAgain(
  context: CliContext,
  { witness, subject }: Kind,
  path: string | null,
  { total, executions }: { readonly total: ReturnType<typeof lookTotal>; readonly executions: Executions },
): Promise<{ look: ShownLook; isDoubtful: boolean }> {
  const { finding } = witness;
  const replay = await executions.seenAgain(witness);
  const isDoubtful = replay?.reproduced === false;
  if (isDoubtful) {
    const why = `${subject}: the witness does not replay: ${replay.reason ?? 'the execution differs'}`;
    printLine(context.io.stderr, `shootdown: ${visible(why)}`);
  }
  const look = {
    ...{ executions: 0, seconds: 0, met: [], ...total, known: null, variant: subject },
    ...{ violation: finding.violation.class, message: finding.violation.message },
    ...{ finding, replay: isDoubtful ? null : replay, path },
  };
  return { look, isDoubtful };
}

function mergedOf(files: number, blob: StressBlob, findings: readonly MergedFinding[]): StressMerged {
  const runs = blob.parts.map(({ seed, results, interrupted, selfTest }) => ({
    ...{ seed, seconds: results.reduce((sum, { seconds }) => sum + seconds, 0) },
    ...{ waiting: results[0].waiting, interrupted, selfTest },
  }));
  return { files, runs, places: stressPlaces(blob), findings };
}
