/**
 * `--reporter` and `--reporter-file`: who is told, where. Reports made of lines share stdout; a document is
 * alone on it, or goes to the file and leaves stdout to the default; one of several files has a directory.
 */

import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Verdict } from '../../../explore/api.js';
import { replaceFile, writeError } from '../../../findings/atomic-file.js';
import { appendWhole, makeDirectories } from '../../../findings/synced-file.js';
import { withoutForeignCommands } from '../../../report/ci-commands.js';
import { plain } from '../../../report/colors.js';
import { defaultReporter } from '../../../report/reporters/default.js';
import type { HuntPlan, HuntReport } from '../../../report/reporters/hunt-report.js';
import { reporters } from '../../../report/reporters/index.js';
import type { OpenReport, Reporter, ReportTarget } from '../../../report/reporters/reporter.js';
import { InfrastructureError, InputError, systemReason } from '../../../vocabulary/errors.js';
import type { LineText } from '../../../vocabulary/told.js';
import { type CliContext, outColors } from '../../command-context.js';
import { oneOf } from '../../flag-values.js';
import { printCommand, printLine } from '../../io.js';
import { flag, type Given, JSON_FLAG } from '../../options.js';
import { directoryOf, NO_DIRECTORY, REPORT_DIR } from '../report-directory.js';
import { IN_ONE_FILE, reporterFiles, reportPlaces } from './reporter-files.js';

/** A collector for `--reporter`, which may be repeated and may hold a comma list. `where`: for messages. */
export function reporterNames(where: string) {
  return (text: string, before: readonly Reporter[] = []): Reporter[] => {
    const known = reporters.map(({ name }) => name);
    const named = text.split(',').map((name) => oneOf(where, known)(name.trim()));
    return reporters.filter((reporter) => before.includes(reporter) || named.includes(reporter.name));
  };
}

/** What `hunt` takes of it. */
export const REPORTING = {
  reporter: flag(
    '--reporter <names>',
    `${reporters.map(({ name }) => name).join(', ')}; repeat it or give a comma list`,
    reporterNames,
  ),
  reporterFile: flag(
    '--reporter-file <file>',
    `write the ${IN_ONE_FILE} report there; repeat it as NAME=FILE for several`,
    () => reporterFiles,
  ),
  reportDir: REPORT_DIR,
  json: JSON_FLAG.saying('one JSON document on stdout, nothing else: --reporter json'),
};

export type ReportingFlags = Given<typeof REPORTING>;

/** Which reports are asked for, and where they go. Throws InputError. */
function placesOf(flags: Pick<ReportingFlags, 'json' | 'reporter' | 'reporterFile'>) {
  const asked = flags.json ? reporterNames('--json')('json', flags.reporter) : (flags.reporter ?? []);
  return { asked, ...reportPlaces(asked, flags.reporterFile ?? []) };
}

/** Whether a document has stdout for itself. Throws InputError for reports that cannot be given together. */
export function isDocumentAlone(flags: Pick<ReportingFlags, 'json' | 'reporter' | 'reporterFile'>): boolean {
  return placesOf(flags).alone !== null;
}

export class Reporting {
  /** Whether lines for people are on stdout. */
  readonly showsDefault: boolean;
  private readonly open: readonly OpenReport[];

  /**
   * `lineText`: for what is printed, not for files. `own`: reporters of the command that stand for those of
   * their names. Throws InputError for reports that cannot be given together.
   */
  constructor(
    context: CliContext,
    flags: ReportingFlags,
    lineText?: LineText,
    own: readonly Reporter[] = [],
  ) {
    const { asked, files, alone } = placesOf(flags);
    if (asked.some(({ kind }) => kind === 'directory'))
      tryDirectory('--report-dir', join(flags.reportDir, 'index.html'));
    for (const file of files.values()) tryDirectory('--reporter-file', file);
    this.showsDefault = alone === null;
    const active = [...(alone === null ? [tellerOfPeople(asked)] : []), ...asked.filter(isForOthers)];
    this.open = active.map((named) => {
      const file = files.get(named);
      const reporter = own.find(({ name }) => name === named.name) ?? named;
      if (file !== undefined) return openInFile(context, reporter, file);
      const directory = directoryOf(context, flags.reportDir, this.showsDefault);
      return reporter.open({ ...stdoutOf(context, alone === null), lineText, directory });
    });
  }

  /** From the outermost to the default's, which others may have to stand around. */
  begin(plan: HuntPlan): void {
    for (const report of this.open.toReversed()) report.begin?.(plan);
  }

  verdict(verdict: Verdict): void {
    for (const report of this.open) report.verdict?.(verdict);
  }

  /**
   * What each report has to do at the end: one that fails (InfrastructureError) must not keep the others from
   * being given.
   */
  ends(report: HuntReport): (() => void | Promise<void>)[] {
    return this.open.map((open) => () => open.end(report));
  }
}

function isForOthers({ isForPeople }: Reporter): boolean {
  return isForPeople !== true;
}

/** The one that tells people, where nobody says otherwise the default. Throws InputError for several. */
function tellerOfPeople(named: readonly Reporter[]): Reporter {
  const [first = defaultReporter, second] = named.filter((reporter) => !isForOthers(reporter));
  if (second !== undefined)
    throw new InputError(`--reporter: ${first.name} and ${second.name} tell the same`, 'give one of them');
  return first;
}

function stdoutOf(context: CliContext, isShared: boolean): Omit<ReportTarget, 'directory'> {
  const { stdout, env } = context.io;
  const to = {
    print: (text: string) => printLine(stdout, text),
    command: (line: string) => printCommand(stdout, line),
  };
  return { ...to, colors: outColors(context), isShared, env, append };
}

/** A report that is written as a whole when it has ended. */
function openInFile({ io }: CliContext, reporter: Reporter, file: string): OpenReport {
  const lines: string[] = [];
  const to = {
    print: (text: string) => lines.push(withoutForeignCommands(text)),
    command: (line: string) => lines.push(line),
  };
  const open = reporter.open({
    ...{ ...to, colors: plain, isShared: false, env: io.env, append },
    directory: NO_DIRECTORY,
  });
  return {
    ...open,
    async end(report) {
      try {
        await open.end(report);
      } finally {
        writeReport(file, lines);
      }
    },
  };
}

/** Writes a report whole. Throws InfrastructureError where it cannot be written. */
export function writeReport(file: string, lines: readonly string[]): void {
  try {
    replaceFile(file, lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    throw writeError(error, 'the report', file, 'give another path with --reporter-file');
  }
}

function append(what: string, file: string, remedy: string, text: string): void {
  try {
    // A pipe would wait for its reader.
    if (statSync(file, { throwIfNoEntry: false })?.isFIFO())
      throw new InfrastructureError(`cannot write ${what} ${file}: it is a pipe`, remedy);
    appendWhole(file, withoutForeignCommands(text));
  } catch (error) {
    throw writeError(error, what, file, remedy);
  }
}

/** A report that cannot be written is better known before the hunt than after it. */
export function tryDirectory(flagName: string, file: string): void {
  try {
    // What is made here has its name synced here: the report finds its directory made.
    makeDirectories(dirname(file));
    accessSync(dirname(file), constants.W_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw new InputError(`${flagName}: ${file} is a directory`, 'give a file');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${flagName}: ${file} cannot be written: ${systemReason(error)}`,
      'give another path',
    );
  }
}
