/**
 * How what a hunt does and finds is told: the interface that every reporter implements. They are listed in
 * index.ts.
 */

import type { Verdict } from '../../explore/api.js';
import type { LineText } from '../../vocabulary/told.js';
import type { Colors } from '../colors.js';
import type { HuntPlan, HuntReport } from './hunt-report.js';

export interface Reporter {
  readonly name: string;
  /**
   * `lines` stand on stdout beside those of others; a `document` is alone there, or goes to a file; a
   * `directory` is several files, and nothing on stdout.
   */
  readonly kind: 'lines' | 'document' | 'directory';
  /** It is one of those that tell people on a terminal, of which one is in use. */
  readonly isForPeople?: true;
  /** Begins the report of one hunt. */
  open(to: ReportTarget): OpenReport;
}

/** Where a report goes. */
export interface ReportTarget {
  /** A line of it, or several. */
  print(text: string): void;
  /** A line that CI takes for a command: nobody else's text gets there. */
  command(line: string): void;
  readonly colors: Colors;
  /** Whether others print there too, what users' files hold among it. */
  readonly isShared: boolean;
  /** What stands at places, where it may be shown: nowhere that is kept. */
  readonly lineText?: LineText;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For reports that are several files. */
  readonly directory: ReportDirectory;
  /**
   * Adds to a file that the environment names. `what`: the file's part in the report; `remedy`: what to do
   * where it cannot be written.
   */
  append(what: string, file: string, remedy: string, text: string): void;
}

/** Where a report of several files goes. */
export interface ReportDirectory {
  /** Writes a file whole, at a path below the directory. May throw InfrastructureError. */
  save(path: string, content: string | Uint8Array): void;
}

export interface OpenReport {
  /** What will be hunted. */
  begin?(plan: HuntPlan): void;
  /** A subject's verdict, as soon as it is known. */
  verdict?(verdict: Verdict): void;
  /** The hunt has ended. May throw InfrastructureError. */
  end(report: HuntReport): void | Promise<void>;
}
