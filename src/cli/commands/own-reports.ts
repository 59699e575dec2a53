/**
 * Reports of commands that are no hunts: the table, the document and the page are their own, and all others
 * are told of what they did as of a hunt.
 */

import { jsonText } from '../../report/json-documents.js';
import type { ReportPage } from '../../report/page/results.js';
import { witnessLines } from '../../report/reporters/default.js';
import { savePage } from '../../report/reporters/html.js';
import type { HuntReport } from '../../report/reporters/hunt-report.js';
import type { OpenReport, Reporter } from '../../report/reporters/reporter.js';
import type { CliContext } from '../command-context.js';
import { REPORTING, Reporting, type ReportingFlags } from './hunt/reporting.js';

/** What such commands take of it. */
export const OWN_REPORTING = {
  ...REPORTING,
  reporter: REPORTING.reporter.saying(
    'default, verbose, dot, json, junit, github-actions, sarif, html, blob; repeat it or give a comma list',
  ),
  reporterFile: REPORTING.reporterFile.saying(
    'write the json, junit, github-actions, sarif or blob report there; repeat it as NAME=FILE for several',
  ),
};

/** What a command has come to, as it tells it itself. */
export interface OwnReport {
  /** For `--reporter json`. */
  document(): unknown;
  page(): ReportPage;
  /** For `--reporter blob`. */
  blob(): string;
}

/** Reports that have witnesses as findings, if at all. */
const BARE: ReadonlySet<string> = new Set(['json', 'blob']);

export class OwnReporting {
  private told: OwnReport | null = null;
  private readonly reporting: Reporting;
  /** Whether the command prints for people: neither a document nor `dot` is in its place. */
  readonly isPrinted: boolean;
  /** Whether nothing but a document may be on stdout. */
  readonly isQuiet: boolean;
  /** Whether `verbose` tells each witness after all else. */
  readonly isVerbose: boolean;
  /** Whether anybody is told of a witness step by step. */
  readonly showsWitnesses: boolean;

  /** Throws InputError for reports that cannot be given together. */
  constructor(context: CliContext, flags: ReportingFlags) {
    this.reporting = new Reporting(context, flags, undefined, this.own());
    this.isQuiet = !this.reporting.showsDefault;
    this.isVerbose = flags.reporter?.some(({ name }) => name === 'verbose') === true;
    this.showsWitnesses = !this.isQuiet || flags.reporter?.some(({ name }) => !BARE.has(name)) === true;
    this.isPrinted = !this.isQuiet && flags.reporter?.some(({ name }) => name === 'dot') !== true;
  }

  /** Before anything is printed. */
  begin(): void {
    this.reporting.begin({
      ...{ seed: 0, memory: 'tso', strategies: [], shard: undefined, description: [], subjects: [] },
      ...{ scenarios: 0, places: [], jobs: undefined, budgetMs: undefined, executions: undefined },
      hasKnown: false,
    });
  }

  /** Every report is given; throws the first reason why one could not be. */
  async end(own: OwnReport, report: HuntReport): Promise<void> {
    this.told = own;
    const failures: unknown[] = [];
    for (const end of this.reporting.ends(report))
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }

  private own(): Reporter[] {
    const told = (): OwnReport => {
      if (this.told === null) throw new Error('nothing has been told yet');
      return this.told;
    };
    const nothing: OpenReport = { end: () => undefined };
    return [
      // What it prints stands there by then.
      { name: 'default', kind: 'lines', isForPeople: true, open: () => nothing },
      {
        ...{ name: 'verbose', kind: 'lines', isForPeople: true },
        open: (to) => ({
          end: ({ results }) => {
            for (const line of results.flatMap((result) => witnessLines(to, result, 'whole'))) to.print(line);
          },
        }),
      },
      {
        ...{ name: 'json', kind: 'document' },
        open: (to) => ({ end: () => to.print(jsonText(told().document())) }),
      },
      {
        ...{ name: 'blob', kind: 'document' },
        open: (to) => ({ end: () => to.print(told().blob()) }),
      },
      {
        ...{ name: 'html', kind: 'directory' },
        open: (to) => ({ end: () => savePage(to.directory, told().page()) }),
      },
    ];
  }
}
