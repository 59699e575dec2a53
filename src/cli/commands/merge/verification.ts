/** `shootdown merge` of what the shards of a verification wrote, as one verification's report. */

import { checkOutDirectory } from '../../../findings/out-directory.js';
import { visible } from '../../../report/escape.js';
import type { VerifyVerdict } from '../../../verify/api.js';
import { verifyDocument } from '../../../verify/document.js';
import { verifyHuntReport } from '../../../verify/hunt-report.js';
import { type VerifyResult, verifyPage } from '../../../verify/page.js';
import { serializeVerifyBlob, type VerifyBlob } from '../../../verify/shards/blob.js';
import { notReached, totalsOf } from '../../../verify/shards/total.js';
import { type NamedVerifyBlob, unionOfVerifyBlobs } from '../../../verify/shards/union.js';
import { missingWords } from '../../../verify/shards/words.js';
import { type CliContext, keeperOf } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE, EXIT_VIOLATION } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { outputsOf } from '../hunt/named-files.js';
import type { ReportingFlags } from '../hunt/reporting.js';
import { OwnReporting } from '../own-reports.js';
import { printRest, printVerdict, shownWitness } from '../verify/print-verdict.js';
import { Executions } from './save-kinds.js';

type Flags = ReportingFlags & { readonly out: string; readonly allowMissing: boolean };

/** Answers the exit code. Throws InputError. */
export async function mergeVerification(
  context: CliContext,
  blobs: readonly NamedVerifyBlob[],
  flags: Flags,
): Promise<number> {
  const { io, version } = context;
  const reporting = new OwnReporting(context, flags);
  requireDistinctFiles(
    outputsOf(flags),
    blobs.map(({ file }) => ({ flag: 'a blob', path: file })),
  );
  checkOutDirectory(flags.out);
  const blob = unionOfVerifyBlobs(blobs);
  const { isQuiet, isPrinted } = reporting;
  reporting.begin();
  const { results, isDoubtful, isUnsaved } = await resultsOf(context, blob, flags.out, reporting);
  const verdicts = results.map(({ verdict }) => verdict);
  const interrupted = verdicts.some(({ ended }) => ended === 'interrupted');
  if (isPrinted) printRest(context, verdicts);
  const { memory } = blob.search;
  await reporting.end(
    {
      document: () => verifyDocument(version, verdicts, [], interrupted),
      page: () => verifyPage(version, results, interrupted),
      blob: () => serializeVerifyBlob(blob),
    },
    verifyHuntReport(results, {
      ...{ memory, shard: undefined, interrupted, refused: [], notReached: notReached(blob) },
    }),
  );
  const isWhole = tellMissing(blob, verdicts, (line) =>
    isQuiet ? printLine(io.stderr, `shootdown: ${line}`) : printLine(io.stdout, line),
  );
  if (isDoubtful) return EXIT_USAGE;
  if (isUnsaved) return EXIT_FAILURE;
  if (verdicts.some(({ violation }) => violation !== null)) return EXIT_VIOLATION;
  return isWhole || flags.allowMissing ? EXIT_OK : EXIT_FAILURE;
}

/** Every witness that is of no module is executed again before it is told, and saved. */
async function resultsOf(
  context: CliContext,
  blob: VerifyBlob,
  out: string,
  { isQuiet, isPrinted, isVerbose }: OwnReporting,
): Promise<{ results: VerifyResult[]; isDoubtful: boolean; isUnsaved: boolean }> {
  const keeper = await keeperOf(context, out);
  const executions = new Executions(context, isQuiet);
  const results: VerifyResult[] = [];
  let isDoubtful = false;
  for (const { verdict, witness } of totalsOf(blob)) {
    const replay = witness === null ? null : await executions.seenAgain({ finding: witness, cause: null });
    if (replay?.reproduced === false) {
      isDoubtful = true;
      const why = `${verdict.variant}: the witness does not replay: ${replay.reason ?? 'it differs'}`;
      printLine(context.io.stderr, `shootdown: ${visible(why)}`);
    }
    const kept = { ...verdict, finding: witness === null ? null : keeper.keep(witness) };
    results.push({ verdict: kept, witness: shownWitness(witness, kept.finding, replay) });
    if (isPrinted) printVerdict(context, kept, witness, isVerbose ? null : replay);
  }
  if (executions.foreign + executions.left > 0)
    printLine(
      context.io.stderr,
      `shootdown: ${executions.foreign + executions.left} of the witnesses were not executed again, as a ` +
        'merge runs no modules: what is said of them is the word of the blobs; replay their files',
    );
  return { results, isDoubtful, isUnsaved: keeper.failed };
}

/** Answers whether all shards have come to everything. */
function tellMissing(
  blob: VerifyBlob,
  verdicts: readonly VerifyVerdict[],
  print: (line: string) => void,
): boolean {
  const lines = verdicts.flatMap((verdict) => {
    const words = missingWords(verdict.merged);
    return words === null ? [] : [`${verdict.variant} in ${verdict.scenario}: ${words}`];
  });
  lines.push(...notReached(blob).map((name) => `${name}: all shards are missing`));
  for (const line of lines) print(visible(line));
  return lines.length === 0;
}
