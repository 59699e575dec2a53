/** The files that a hunt reads and writes, by the flags that name them. */

import type { Reporter } from '../../../report/reporters/reporter.js';
import { TRACE_PREFIX } from '../../select.js';
import { pageFiles } from '../report-directory.js';
import type { NamedFile } from './distinct-files.js';
import type { ReporterFile } from './reporter-files.js';

export interface FileFlags {
  readonly out: string;
  readonly baseline?: string;
  readonly reporterFile?: readonly ReporterFile[];
  readonly reporter?: readonly Pick<Reporter, 'kind'>[];
  readonly reportDir: string;
}

export function outputsOf(flags: FileFlags): NamedFile[] {
  const { out, baseline } = flags;
  return [
    { flag: '--out', path: out },
    ...(baseline === undefined ? [] : [{ flag: '--baseline', path: baseline }]),
    ...reportFilesOf(flags),
  ];
}

/** What reports are written to. */
export function reportFilesOf({
  reporterFile,
  reporter,
  reportDir,
}: Omit<FileFlags, 'out' | 'baseline'>): NamedFile[] {
  const hasPage = reporter?.some(({ kind }) => kind === 'directory') === true;
  const files = reporterFile ?? [];
  // Of several, each report has its own.
  const flagOf = ({ reporter }: ReporterFile): string =>
    files.length < 2 || reporter === null ? '--reporter-file' : `--reporter-file ${reporter.name}=`;
  return [
    ...files.map((one) => ({ flag: flagOf(one), path: one.file })),
    ...(hasPage ? pageFiles(reportDir) : []),
  ];
}

export function inputsOf(modules: readonly string[], scenarios: readonly string[] = []): NamedFile[] {
  const recordings = scenarios.flatMap((name) =>
    name.startsWith(TRACE_PREFIX) ? [name.slice(TRACE_PREFIX.length)] : [],
  );
  return [
    ...modules.map((file) => ({ flag: 'the module', path: file })),
    ...recordings.map((file) => ({ flag: '--scenario', path: file })),
  ];
}
