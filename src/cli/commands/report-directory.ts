/** The directory of a report of several files. */

import { join } from 'node:path';
import { replaceFile, writeError } from '../../findings/atomic-file.js';
import { visible } from '../../report/escape.js';
import type { ReportDirectory } from '../../report/reporters/reporter.js';
import { shellWord } from '../../report/shell-word.js';
import type { CliContext } from '../command-context.js';
import { path } from '../flag-values.js';
import { printLine } from '../io.js';
import { flagOr } from '../options.js';
import type { NamedFile } from './hunt/distinct-files.js';

export const REPORT_DIR = flagOr(
  '--report-dir <dir>',
  'directory of the html report: index.html, results.json, the findings',
  path,
  './shootdown-report',
);

/** The page of a report directory. */
export const PAGE = 'index.html';

/** What a page is written to, beside directories of its own: nothing else may be there. */
export function pageFiles(directory: string): NamedFile[] {
  return [PAGE, 'results.json'].map((name) => ({ flag: '--report-dir', path: join(directory, name) }));
}

/** Tells of the page when it is there: on stdout, or on stderr where stdout is a document's. */
export function directoryOf({ io }: CliContext, directory: string, isOnStdout: boolean): ReportDirectory {
  return {
    save(name, content) {
      const file = join(directory, name);
      try {
        replaceFile(file, content);
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
