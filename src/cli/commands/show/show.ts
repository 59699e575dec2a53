/** `shootdown show FILE`: the timeline of a finding, to read or to step through. */

import { showDocument } from '../../../report/json-documents.js';
import { TABLE_WIDTH } from '../../../report/table.js';
import { renderTimeline } from '../../../report/timeline.js';
import { originOf } from '../../../report/witness-words.js';
import { type Finding, findingSubject } from '../../../vocabulary/finding.js';
import type { LineText } from '../../../vocabulary/told.js';
import { type CliContext, outColors } from '../../command-context.js';
import type { ReplayResult } from '../../engine-api.js';
import { EXIT_OK, EXIT_USAGE } from '../../exit-codes.js';
import { oneOf, path, wholeNumber } from '../../flag-values.js';
import { printJson, printLine } from '../../io.js';
import {
  FINDING,
  FINDING_MODULES,
  FINDING_TREE,
  flag,
  type Given,
  JSON_FLAG,
  toggle,
} from '../../options.js';
import { lineTextOfFinding, openFinding } from '../../own-modules.js';
import { printOrderings, printReplayed, reportDifferences } from '../../print-witness.js';
import { defineCommand } from '../command.js';
import { requireDistinctFiles } from '../hunt/distinct-files.js';
import { replayShown } from '../replay-shown.js';
import { pageFiles, REPORT_DIR } from '../report-directory.js';
import { writePage } from './open.js';
import { requireTraceFile, TRACE_FILE, writeTrace } from './trace-file.js';
import { view } from './view.js';

const WIDTH_MIN = 40;
const WIDTH_MAX = 1_000;

const FORMATS = ['perfetto', 'ftrace'] as const;

const FLAGS = {
  plain: toggle('--plain', 'print it, on a terminal too'),
  deciding: toggle('--deciding', 'print the deciding steps and those around them only'),
  width: flag('--width <N>', `characters per line of what is printed (default: ${TABLE_WIDTH})`, (name) =>
    wholeNumber(name, WIDTH_MIN, WIDTH_MAX),
  ),
  format: flag(
    '--format <name>',
    'perfetto: a file for ui.perfetto.dev; ftrace: lines as a recorded kernel has them, on stdout',
    (name) => (text) => oneOf(name, FORMATS)(text),
  ),
  output: flag('--output <file>', `the file of --format perfetto (default: ${TRACE_FILE})`, path),
  open: toggle('--open', 'write it as a page for a browser, and print its path'),
  reportDir: REPORT_DIR,
  module: FINDING_MODULES,
  kernelSource: FINDING_TREE,
  json: JSON_FLAG.saying('the steps as one JSON document on stdout, nothing else'),
};

type ShowFlags = Given<typeof FLAGS>;

const HELP = `
On a terminal: j k or arrows a step, n p a deciding step, space b a page, g G the ends, q quits.

Examples:
  $ shootdown show findings/b1--two-mm-switch--stale-use--1a2b3c4d.json
  $ shootdown show --open FILE
  $ shootdown show --format perfetto --output b1.pftrace FILE
  $ shootdown show --format ftrace FILE > simulated.trace
  $ shootdown show --plain --width 160 FILE | less -RS

Exit codes: 0 shown, 2 not reproduced, or the file is no finding, 3 internal or infrastructure
failure.`;

export const showCommand = defineCommand({
  name: 'show',
  summary: 'the timeline of a finding file, to read or to step through',
  description:
    'Runs a finding again and shows every step: a column per CPU and one for the host, what drains and ' +
    'what waits in store buffers, the steps that decide. On a terminal one can step through it, with the ' +
    'state of the CPUs at each step.',
  arguments: { file: FINDING },
  flags: FLAGS,
  help: HELP,
  run: (context, { file }, flags) => show(context, file, flags),
});

async function show(context: CliContext, file: string, flags: ShowFlags): Promise<number> {
  const { engine, io, version } = context;
  requireTraceFile(file, flags);
  if (flags.open) requireDistinctFiles(pageFiles(flags.reportDir), [{ flag: 'the finding', path: file }]);
  const finding = await openFinding(context, file, flags.module, flags.kernelSource);
  const result = await replayShown(context, finding, flags.json);
  const isPrinted = flags.plain || flags.deciding || flags.width !== undefined || io.terminal === undefined;
  const lineText = await lineTextOfFinding(finding, flags.kernelSource);
  if (flags.open && result.trace.length > 0) await writePage(context, file, finding, result, flags.reportDir);
  else if (flags.format === 'perfetto') writeTrace(context, finding, result, flags.output);
  else if (flags.format === 'ftrace')
    for (const line of await engine.ftrace(finding)) printLine(io.stdout, line);
  else if (flags.json) printJson(io.stdout, showDocument(version, file, finding, result));
  else if (isPrinted || result.trace.length === 0) print(context, finding, result, { ...flags, lineText });
  else await view(context, io.terminal, finding, result, lineText);
  return reportDifferences(context, file, finding, result) ? EXIT_OK : EXIT_USAGE;
}

function print(
  context: CliContext,
  finding: Finding,
  result: ReplayResult,
  flags: ShowFlags & { readonly lineText?: LineText },
): void {
  const { stdout } = context.io;
  printLine(stdout, originOf(finding));
  printOrderings(context, result, flags.width);
  const timeline = renderTimeline(result.trace, {
    cpus: findingSubject(finding).cpus,
    width: flags.width,
    colors: outColors(context),
    aroundDeciding: flags.deciding,
    detailed: true,
    lineText: flags.lineText,
  });
  printLine(stdout, timeline);
  if (!result.reproduced) return;
  printLine(stdout, '');
  printReplayed(context, finding, result);
}
