/** The directory of a report of several files. */

import { join } from 'node:path';
import { replaceFile, writeError } from '../../findings/atomic-file.js';
import { visible } from '../../report/escape.js';
import type { ReportDirectory } from '../../report/reporters/reporter.js';
import { shellWord } from '../../report/shell-word.js';
import type { CliContext } from '../command-context.js';
import { oneOf, path } from '../flag-values.js';
import { printLine } from '../io.js';
import { flag, flagOr } from '../options.js';
import type { NamedFile } from './hunt/distinct-files.js';

export const REPORT_DIR = flagOr(
  '--report-dir <dir>',
  'directory of the html report: index.html, results.json, the findings',
  path,
  './shootdown-report',
);

const SIMPLE = ['default', 'json', 'html'] as const;

/** What commands take that are no hunts; `more`: names of reports that one of them has beside. */
export function pageReporting(more: readonly string[]) {
  const names = [...SIMPLE, ...more];
  return {
    reporter: flag('--reporter <names>', `${names.join(', ')}; repeat it or give a comma list`, among(names)),
    reportDir: REPORT_DIR,
  };
}

export const PAGE_REPORTING = pageReporting([]);

interface Reported {
  readonly reporter?: readonly string[];
  readonly json: boolean;
}

/** The flags, with `--reporter json` as `--json`. */
export function withReporters<Flags extends Reported>(flags: Flags): Flags {
  return { ...flags, json: flags.json || flags.reporter?.includes('json') === true };
}

export function wantsPage({ reporter }: Pick<Reported, 'reporter'>): boolean {
  return reporter?.includes('html') === true;
}

/** A collector of names that are known. */
function among(known: readonly string[]) {
  return (name: string) =>
    (text: string, before: readonly string[] = []): string[] => [
      ...before,
      ...text.split(',').map((one) => oneOf(name, known)(one.trim())),
    ];
}

/** The page of a report directory. */
export const PAGE = 'index.html';

/** What a page is written to, beside directories of its own: nothing else may be there. */
export function pageFiles(directory: string): NamedFile[] {
  return [PAGE, 'results.json'].map((name) => ({ flag: '--report-dir', path: join(directory, name) }));
}

/** Tells of the page when it is there: on stdout, or on stderr where stdout is a document's. */
export function directoryOf({ io }: CliContext, directory: string, isOnStdout: boolean): ReportDirectory {
  return {
    save(name, text) {
      const file = join(directory, name);
      try {
        replaceFile(file, text);
      } catch (error) {
        throw writeError(error, 'the report', file, 'give another directory with --report-dir');
      }
      if (name !== PAGE) return;
      if (isOnStdout) printLine(io.stdout, `\nreport: ${visible(shellWord(file))}`);
      else printLine(io.stderr, `shootdown: report: ${visible(shellWord(file))}`);
    },
  };
}

/** Of reports that are one file. */
export const NO_DIRECTORY: ReportDirectory = {
  save(name) {
    throw new Error(`${name}: this report is one file`);
  },
};
