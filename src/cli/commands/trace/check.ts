/** `shootdown trace check FILE...`: whether the simulated kernel decides what a recorded real one decided. */

import type { CheckReport } from '../../../check/index.js';
import { traceCheckDocument } from '../../../report/json-documents.js';
import { count } from '../../../report/text-columns.js';
import { workProgress } from '../../../report/work-progress.js';
import { InputError } from '../../../vocabulary/errors.js';
import type { CliContext } from '../../command-context.js';
import type { Engine } from '../../engine-api.js';
import { EXIT_OK, EXIT_VIOLATION } from '../../exit-codes.js';
import { printLine } from '../../io.js';
import { atLeastOne, flag, type Given } from '../../options.js';
import { loadOwn } from '../../own-modules.js';
import { progressOf } from '../../with-pool.js';
import { defineCommand } from '../command.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { reportFilesOf } from '../hunt/named-files.js';
import { OWN_REPORTING, OwnReporting } from '../own-reports.js';
import { C_FILES_REFUSED, KERNEL_SOURCE, sourcesOf } from '../source/kernel-source.js';
import { bytesOf } from './bytes-of.js';

const FLAGS = {
  profile: flag(
    '--profile <name>',
    'the kernel to compare with (default: the one that the meta file names); PROFILE~feature ' +
      'switches one off',
    () => String,
  ),
  ...KERNEL_SOURCE,
  ...OWN_REPORTING,
  reporter: OWN_REPORTING.reporter.saying(
    'default, verbose, dot, json, junit, github-actions, sarif, html; repeat it or give a comma list',
  ),
  reporterFile: OWN_REPORTING.reporterFile.saying(
    'write the json, junit, github-actions or sarif report there; repeat it as NAME=FILE for several',
  ),
};

type Flags = Given<typeof FLAGS>;

const HELP = `
Exit codes: 0 at least 99.5 % of all decisions agree and 99 % of each kind, 1 less, 2 bad input.

Examples:
  $ shootdown trace check recording.trace.gz
  $ shootdown trace check --profile 6.12.117~strictSlotTest recording.trace.gz
  $ shootdown trace check --reporter html,json --reporter-file check.json recording.trace.gz
  $ shootdown trace check --kernel-source ~/linux recording.trace.gz`;

export const traceCheckCommand = defineCommand({
  name: 'check',
  summary: "compare the model's decisions with a recording's",
  description:
    'Replays the inputs of recordings through the simulated kernel and compares every decision: ' +
    'generations, masks, ASIDs, CR3 writes, targets, flushes.',
  arguments: {
    files: atLeastOne(
      'file',
      'ftrace text, gzipped or not; NAME.meta.json and NAME.hv.gz beside it are used',
    ),
  },
  flags: FLAGS,
  refused: {
    ...C_FILES_REFUSED,
    '--c-opt <level>': {
      why: 'a check stands between C functions, which the optimiser puts into each other',
      instead: 'leave it out: the text is checked as it is written',
    },
  },
  help: HELP,
  run: (context, { files }, flags) => check(context, files, flags),
});

async function check(context: CliContext, files: readonly string[], flags: Flags): Promise<number> {
  requireDistinctFiles(
    reportFilesOf(flags),
    files.map((path) => ({ flag: 'the recording', path })),
  );
  if (flags.reporter?.some(({ name }) => name === 'blob'))
    throw new InputError('--reporter: there is no blob of a check', 'give another report');
  const reporting = new OwnReporting(context, flags);
  const { checkHuntReport, checkPage, passes, renderCheck } = await import('../../../check/index.js');
  const { engine } = context;
  const ofC = await sourceOf(engine, flags);
  const version = ofC ?? flags.profile ?? null;
  reporting.begin();
  const reports: CheckReport[] = [];
  const progress = progressOf(context, reporting.isQuiet);
  const bytes = files.map(bytesOf);
  const allBytes = bytes.reduce((sum, size) => sum + size, 0);
  const shown = workProgress(
    progress,
    () => `${reports.length} of ${count(files.length, 'recording')} checked; ${files[reports.length]}`,
  );
  try {
    let bytesBefore = 0;
    for (const [i, file] of files.entries()) {
      shown(bytesBefore, allBytes);
      reports.push(await engine.checkTrace(file, version, (read) => shown(bytesBefore + read, allBytes)));
      bytesBefore += bytes[i];
    }
  } finally {
    progress.clear();
  }
  if (reporting.isPrinted)
    for (const report of reports)
      printLine(context.io.stdout, `${renderCheck(report)}${files.length > 1 ? '\n' : ''}`);
  await reporting.end(
    {
      document: () => traceCheckDocument(context.version, reports),
      page: () => checkPage(context.version, reports),
      blob: () => '',
    },
    checkHuntReport(reports),
  );
  return reports.every(passes) ? EXIT_OK : EXIT_VIOLATION;
}

/**
 * The variant of the C text that flags name, in the form that a recording drives; null where they name none.
 * A profile beside it says of what everything else is.
 */
async function sourceOf(engine: Engine, flags: Flags): Promise<string | null> {
  const base = flags.kernelSource === undefined ? undefined : flags.profile;
  if (base !== undefined && (await engine.findVariant(base)) === null)
    throw new InputError(
      `trace check: there is no profile ${JSON.stringify(base.slice(0, 60))}`,
      'shootdown list variants shows them',
    );
  const sources = await sourcesOf(engine, flags, { base, form: 'table' });
  if (sources.length === 0) return null;
  return (await loadOwn(engine, [], false, sources)).variants[0];
}
