/** `--reporter-file`: which report goes to which file, and which is alone on stdout. */

import { reporters } from '../../../report/reporters/index.js';
import type { Reporter } from '../../../report/reporters/reporter.js';
import { InputError } from '../../../vocabulary/errors.js';
import { path } from '../../flag-values.js';

/** A file, and the reporter that it was named for; null: whichever it fits. */
export interface ReporterFile {
  readonly reporter: Reporter | null;
  readonly file: string;
}

/** A collector for the flag, which may be repeated: `FILE`, or `NAME=FILE`. */
export function reporterFiles(text: string, before: readonly ReporterFile[] = []): ReporterFile[] {
  const [name, ...rest] = text.split('=');
  const reporter = rest.length === 0 ? undefined : reporters.find((known) => known.name === name);
  const given = reporter === undefined ? text : rest.join('=');
  return [...before, { reporter: reporter ?? null, file: path('--reporter-file')(given) }];
}

/** Names of the reports that can be one file, as `a, b or c`. */
export const IN_ONE_FILE = orList(
  reporters
    .filter(({ kind, isForPeople }) => kind !== 'directory' && isForPeople !== true)
    .map(({ name }) => name),
);

export interface ReportPlaces {
  readonly files: ReadonlyMap<Reporter, string>;
  /** The document that has stdout for itself; null: reports made of lines share it. */
  readonly alone: Reporter | null;
}

/** Throws InputError for reports that cannot be given together. */
export function reportPlaces(named: readonly Reporter[], given: readonly ReporterFile[]): ReportPlaces {
  const files = new Map<Reporter, string>();
  for (const { reporter, file } of given) if (reporter !== null) files.set(known(reporter, named), file);
  const [unnamed, second] = given.filter(({ reporter }) => reporter === null);
  if (second !== undefined)
    throw new InputError('--reporter-file: several files', 'say whose each is: --reporter-file junit=FILE');
  const left = named.filter((reporter) => reporter.kind !== 'directory' && !files.has(reporter));
  const [document, other] = left.filter(({ kind }) => kind === 'document');
  if (other !== undefined)
    throw new InputError(
      `--reporter: ${document.name} and ${other.name} are each one document`,
      `give one of them, or each a file: --reporter-file ${other.name}=FILE`,
    );
  if (unnamed !== undefined) {
    const fitting =
      document === undefined ? left.filter(({ isForPeople }) => isForPeople !== true) : [document];
    if (fitting.length === 0)
      throw new InputError('--reporter-file: no report is named for it', `give --reporter ${IN_ONE_FILE}`);
    for (const reporter of fitting) files.set(reporter, unnamed.file);
    return { files, alone: null };
  }
  if (document !== undefined && left.length > 1)
    throw new InputError(
      `--reporter: ${document.name} is alone on stdout`,
      'give it a file with --reporter-file',
    );
  return { files, alone: document ?? null };
}

function known(reporter: Reporter, named: readonly Reporter[]): Reporter {
  if (reporter.kind === 'directory')
    throw new InputError(
      `--reporter-file: ${reporter.name} is several files`,
      'give their directory with --report-dir',
    );
  if (!named.includes(reporter))
    throw new InputError(
      `--reporter-file: ${reporter.name} is not among the reporters`,
      `give --reporter ${reporter.name}`,
    );
  return reporter;
}

function orList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
