/**
 * Reports of commands whose verdicts are no samples, so that what CI systems are told of hunts is not true of
 * them: what they print as they go, a document, a page, a shard's blob. Several at once, each with its file.
 */

import { join } from 'node:path';
import { jsonText } from '../../report/json-documents.js';
import type { ReportPage } from '../../report/page/results.js';
import { savePage } from '../../report/reporters/html.js';
import { InputError } from '../../vocabulary/errors.js';
import type { CliContext } from '../command-context.js';
import { printLine } from '../io.js';
import { type ReportPlaces, reportPlaces } from './hunt/reporter-files.js';
import {
  REPORTING,
  type ReportingFlags,
  reporterNames,
  tryDirectory,
  writeReport,
} from './hunt/reporting.js';
import { directoryOf } from './report-directory.js';

/** What such a command takes of it; `names`: the reports that it has. */
export function documentReporting(names: readonly string[]) {
  const inFiles = names.filter((name) => name !== 'default' && name !== 'html');
  return {
    ...REPORTING,
    reporter: REPORTING.reporter.saying(`${names.join(', ')}; repeat it or give a comma list`),
    reporterFile: REPORTING.reporterFile.saying(
      `write the ${inFiles.join(' or ')} report there${inFiles.length > 1 ? '; NAME=FILE for several' : ''}`,
    ),
  };
}

/** What a command has come to; a report that it does not have is not asked for. */
export interface Documents {
  /** For `--reporter json`. */
  document(): unknown;
  page(): ReportPage;
  /** For `--reporter blob`. */
  blob?(): string;
}

type Flags = Pick<ReportingFlags, 'json' | 'reporter' | 'reporterFile' | 'reportDir'>;

export class DocumentReporting {
  /** Whether a document has stdout for itself. */
  readonly isQuiet: boolean;
  private readonly named: readonly string[];
  private readonly places: ReportPlaces;

  /**
   * `of`: "a verification". Throws InputError for reports that there are not, or cannot be given together.
   */
  constructor(
    private readonly context: CliContext,
    private readonly flags: Flags,
    names: readonly string[],
    of: string,
  ) {
    const asked = flags.json ? reporterNames('--json')('json', flags.reporter) : (flags.reporter ?? []);
    const other = asked.find(({ name }) => !names.includes(name));
    if (other !== undefined)
      throw new InputError(
        `--reporter: there is no ${other.name} report of ${of}`,
        `give ${names.join(', ')}`,
      );
    this.named = asked.map(({ name }) => name);
    this.places = reportPlaces(asked, flags.reporterFile ?? [], names);
    this.isQuiet = this.places.alone !== null;
    if (this.has('html')) tryDirectory('--report-dir', join(flags.reportDir, 'index.html'));
    for (const file of this.places.files.values()) tryDirectory('--reporter-file', file);
  }

  has(name: string): boolean {
    return this.named.includes(name);
  }

  /** Every report is given; throws the first reason why one could not be. */
  async end(made: Documents): Promise<void> {
    const { context, flags, isQuiet } = this;
    const failures: unknown[] = [];
    const attempt = async (give: () => void | Promise<void>): Promise<void> => {
      try {
        await give();
      } catch (error) {
        failures.push(error);
      }
    };
    await attempt(() => this.give('json', () => jsonText(made.document())));
    await attempt(() => this.give('blob', () => made.blob?.() ?? ''));
    if (this.has('html'))
      await attempt(() => savePage(directoryOf(context, flags.reportDir, !isQuiet), made.page()));
    if (failures.length > 0) throw failures[0];
  }

  private give(name: string, text: () => string): void {
    const { files, alone } = this.places;
    const file = [...files].find(([reporter]) => reporter.name === name)?.[1];
    if (file !== undefined) writeReport(file, [text()]);
    else if (alone?.name === name) printLine(this.context.io.stdout, text());
  }
}
