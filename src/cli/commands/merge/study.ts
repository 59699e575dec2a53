/** `shootdown merge` of what a study wrote with other seeds or of other rows, as that study's report. */

import { checkOutDirectory } from '../../../findings/out-directory.js';
import { type StudyBlob, serializeStudyBlob } from '../../../merge/study/blob.js';
import { type RowTotal, rowsMissing, rowTotals, studyOf } from '../../../merge/study/total.js';
import { type NamedStudyBlob, unionOfStudyBlobs } from '../../../merge/study/union.js';
import { visible } from '../../../report/escape.js';
import { studyDocument } from '../../../report/json-documents.js';
import type { MergedFinding } from '../../../report/reporters/hunt-report.js';
import { count } from '../../../report/text-columns.js';
import { studyHuntReport } from '../../../study/hunt-report.js';
import { studyPage } from '../../../study/page.js';
import type { RowResult, Study } from '../../../study/study.js';
import { studyReport } from '../../../study/study-report.js';
import { InputError } from '../../../vocabulary/errors.js';
import { type CliContext, keeperOf, screenWidth } from '../../command-context.js';
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE, EXIT_VIOLATION } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import { printLabelled } from '../../print-witness.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { outputsOf } from '../hunt/named-files.js';
import type { ReportingFlags } from '../hunt/reporting.js';
import { OwnReporting } from '../own-reports.js';
import { printStudyEnd } from '../study/below-table.js';
import { RowPrinter } from '../study/row-printer.js';
import { Executions, KindSaver, tellLimits } from './save-kinds.js';

type Flags = ReportingFlags & { readonly out: string; readonly allowMissing: boolean };

/** Answers the exit code. Throws InputError. */
export async function mergeStudy(
  context: CliContext,
  blobs: readonly NamedStudyBlob[],
  flags: Flags,
): Promise<number> {
  const { version, engine } = context;
  requireDistinctFiles(
    outputsOf(flags),
    blobs.map(({ file }) => ({ flag: 'a blob', path: file })),
  );
  const blob = unionOfStudyBlobs(blobs);
  const study = studyOf(await studyNamed(context, blobs[0]), blob);
  const totals = rowTotals(study, blob);
  const reporting = new OwnReporting(context, flags);
  checkOutDirectory(flags.out);
  reporting.begin();
  const { memory, strategies } = blob.study;
  const shipped = await engine.studies.shipped(study, memory);
  if (reporting.isPrinted) printLabelled(context, aboutMerged(blobs.length, blob, study));
  const printer = new RowPrinter(
    context,
    { chosen: study, rows: study.rows, shipped },
    { isSilent: !reporting.isPrinted, isProvedAnew: false },
  );
  const { findings, others, isDoubtful, isUnsaved } = await addRows(context, totals, printer, {
    out: flags.out,
    isQuiet: reporting.isQuiet,
  });
  const { results } = printer;
  const missing = rowsMissing(blob).map(({ group, variant }) => ({ group, variant }));
  const interrupted = missing.length > 0 || results.some(({ verdict }) => verdict?.interrupted === true);
  const { notes } = blob;
  const seeds = seedsOf(blob);
  if (reporting.isPrinted)
    printStudyEnd(context, study, results, { shipped, notes, seeds, others }, screenWidth(context.io));
  const report = studyReport(study, results, notes, interrupted);
  const merged = { files: blobs.length, seeds, missing, findings };
  await reporting.end(
    {
      document: () => ({ ...studyDocument(version, report), merged }),
      page: () => studyPage(version, results, report),
      blob: () => serializeStudyBlob(blob),
    },
    studyHuntReport(study, study.rows, results, {
      ...{ seed: seeds[0] ?? 0, memory, strategies, notes, interrupted },
    }),
  );
  if (isDoubtful) return EXIT_USAGE;
  if (isUnsaved) return EXIT_FAILURE;
  if (results.some(({ row, verdict }) => row.baseline === null && verdict?.violation != null))
    return EXIT_VIOLATION;
  return interrupted && !flags.allowMissing ? tellMissing(context, missing) : EXIT_OK;
}

async function studyNamed({ engine }: CliContext, { file, blob }: NamedStudyBlob): Promise<Study> {
  const { name } = blob.study;
  const found = (await engine.studies.list()).find((study) => study.name === name);
  if (found !== undefined) return found;
  throw new InputError(`${file}: there is no study "${name}"`, 'use the shootdown that wrote it');
}

/** In ascending order. */
function seedsOf({ parts }: StudyBlob): number[] {
  return [...new Set(parts.map(({ seed }) => seed))].sort((a, b) => a - b);
}

function aboutMerged(files: number, blob: StudyBlob, { summary }: Study) {
  const rows = blob.rows.filter(({ senseless }) => senseless === null).length;
  const text =
    `${count(files, 'blob')} of ${blob.study.name}: ${count(rows, 'row')}, ` +
    `${count(seedsOf(blob).length, 'seed')}, ${count(blob.study.scenarios.length, 'scenario')}, ` +
    blob.study.memory;
  return [
    { label: 'merged', text },
    { label: 'question', text: summary },
  ];
}

interface Added {
  readonly findings: readonly MergedFinding[];
  /** Those beside each row's first. */
  readonly others: readonly MergedFinding[];
  /** A witness does not replay. */
  readonly isDoubtful: boolean;
  readonly isUnsaved: boolean;
}

/** Every row, its best witness executed again before it is told if it is of no module, and all saved. */
async function addRows(
  context: CliContext,
  totals: readonly RowTotal[],
  printer: RowPrinter,
  { out, isQuiet }: { readonly out: string; readonly isQuiet: boolean },
): Promise<Added> {
  const keeper = await keeperOf(context, out);
  const saver = new KindSaver(keeper);
  const executions = new Executions(context, isQuiet);
  const findings: MergedFinding[] = [];
  const others: MergedFinding[] = [];
  let isDoubtful = false;
  for (const { result, kinds } of totals) {
    const saved = saver.save(kinds);
    findings.push(...saved);
    others.push(...saved.slice(1));
    if (kinds.length === 0) {
      printer.add(result);
      continue;
    }
    const [{ witness, subject }] = kinds;
    const replay = await executions.seenAgain(witness);
    if (replay?.reproduced === false) {
      isDoubtful = true;
      const why = `${subject}: the witness does not replay: ${replay.reason ?? 'the execution differs'}`;
      printLine(context.io.stderr, `shootdown: ${visible(why)}`);
    }
    printer.add(withWitness(result, saved[0].finding, witness.finding, replay?.reproduced ? replay : null));
  }
  printer.end();
  tellLimits(context, saver, executions);
  return { findings, others, isDoubtful, isUnsaved: keeper.failed };
}

function withWitness(
  result: RowResult,
  file: string | null,
  finding: RowResult['finding'],
  replay: RowResult['replay'],
): RowResult {
  const { verdict } = result;
  return { ...result, finding, replay, verdict: verdict === null ? null : { ...verdict, finding: file } };
}

function tellMissing(
  { io }: CliContext,
  missing: readonly { readonly group: string; readonly variant: string }[],
): number {
  const rows = missing.map(({ group, variant }) => `${group} ${variant}`).join(', ');
  const what = missing.length === 0 ? 'a row was interrupted' : `rows that no blob has come to: ${rows}`;
  printLine(io.stderr, `shootdown: ${visible(what)}; give --allow-missing if that is no failure`);
  return EXIT_FAILURE;
}
