/**
 * `--reporter` and `--reporter-file`: who is told, where. The default report and GitHub's commands are lines and share stdout; a document
 * (JSON, JUnit's XML) is alone on it, or goes to the file and leaves stdout to the default.
 */

import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFile, writeError } from '../../../findings/atomic-file.js';
import { appendWhole } from '../../../findings/synced-file.js';
import { githubAnnotations, githubSummary } from '../../../report/reporters/github-actions.js';
import type { HuntReport, HuntResult } from '../../../report/reporters/hunt-report.js';
import { junitReport } from '../../../report/reporters/junit.js';
import { withoutCommands } from '../../../report/reporters/workflow-command.js';
import { InfrastructureError, InputError, systemReason } from '../../../vocabulary/errors.js';
import type { CliContext } from '../../context.js';
import { type OutputStream, printLine } from '../../io.js';
import { oneOf } from '../../values.js';
import { replayCommand } from '../../witness.js';
import type { Outcome } from './campaign.js';

const REPORTERS = ['default', 'json', 'junit', 'github-actions'] as const;
export type ReporterName = (typeof REPORTERS)[number];

/** A collector for `--reporter`, which may be repeated and may hold a comma list. */
export function reporterNames(text: string, before: readonly ReporterName[] | undefined): ReporterName[] {
  return [...new Set([...(before ?? []), ...text.split(',').map((name) => oneOf('--reporter', REPORTERS)(name.trim()))])];
}

export interface ReportingFlags {
  readonly reporter?: readonly ReporterName[];
  readonly reporterFile?: string;
  readonly json: boolean;
}

export class Reporting {
  private readonly names: ReadonlySet<ReporterName>;
  private readonly document: 'json' | 'junit' | null;
  private readonly file: string | null;
  private readonly token: string;

  constructor({ reporter = [], reporterFile, json }: ReportingFlags, token = randomBytes(16).toString('hex')) {
    this.names = new Set([...reporter, ...(json ? (['json'] as const) : [])]);
    this.file = reporterFile ?? null;
    this.token = token;
    const documents = (['json', 'junit'] as const).filter((name) => this.names.has(name));
    if (documents.length > 1) throw new InputError('--reporter: json and junit are each one document; give one of them');
    this.document = documents[0] ?? null;
    if (this.file === null) {
      if (this.document !== null && this.names.size > 1)
        throw new InputError(`--reporter: ${this.document} is alone on stdout; give it a file with --reporter-file`);
      return;
    }
    if (this.document === null && !this.names.has('github-actions'))
      throw new InputError('--reporter-file: no report is named for it; give --reporter json, junit or github-actions');
    tryDirectory(this.file);
  }

  /** Whether lines for people are on stdout. */
  get showsDefault(): boolean {
    return this.document === null || this.file !== null;
  }

  get needsReport(): boolean {
    return this.document === 'junit' || this.names.has('github-actions');
  }

  /** Whether GitHub reads stdout: what stands there before our commands must not be taken for some. */
  private get isReadByGithub(): boolean {
    return this.names.has('github-actions') && !(this.document === null && this.file !== null);
  }

  begin(stdout: OutputStream): void {
    if (this.isReadByGithub) printLine(stdout, withoutCommands(this.token).begin);
  }

  /** After the default report. `json` makes the document. Throws InfrastructureError. */
  end({ io }: CliContext, report: HuntReport | null, json: () => object): void {
    if (this.isReadByGithub) printLine(io.stdout, withoutCommands(this.token).end);
    const commands = this.names.has('github-actions') && report !== null ? githubAnnotations(report) : [];
    const text =
      this.document === 'json'
        ? `${JSON.stringify(json(), null, 2)}\n`
        : this.document === 'junit' && report !== null
          ? junitReport(report)
          : '';
    if (this.isReadByGithub) for (const command of commands) printLine(io.stdout, command);
    if (this.file === null) io.stdout.write(text);
    else this.write(this.file, this.document === null ? `${commands.join('\n')}\n` : text);
    const summary = io.env.GITHUB_STEP_SUMMARY;
    if (!this.names.has('github-actions') || report === null || summary === undefined || summary === '') return;
    try {
      // A pipe would wait for its reader.
      if (isPipe(summary))
        throw new InfrastructureError(`cannot write the job summary ${summary}: it is a pipe; unset GITHUB_STEP_SUMMARY`);
      appendWhole(summary, githubSummary(report));
    } catch (error) {
      throw writeError(error, 'the job summary', summary, 'unset GITHUB_STEP_SUMMARY or make it writable');
    }
  }

  private write(file: string, text: string): void {
    try {
      replaceFile(file, text);
    } catch (error) {
      throw writeError(error, 'the report', file, 'give another path with --reporter-file');
    }
  }
}

function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false;
}

/** A report that cannot be written is better known before the hunt than after it. */
function tryDirectory(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
      throw new InputError(`--reporter-file: ${file} is a directory; give a file`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`--reporter-file: ${file} cannot be written: ${systemReason(error)}; give another path`);
  }
}

/** Outcomes with their witnesses replayed. */
export async function reportedResults({ engine }: CliContext, outcomes: readonly Outcome[]): Promise<HuntResult[]> {
  const results: HuntResult[] = [];
  for (const { verdict, finding } of outcomes) {
    if (finding === null) results.push({ verdict, witness: null });
    else {
      const { trace } = await engine.replay(finding);
      const replay = verdict.finding === null ? null : replayCommand(verdict.finding, finding);
      results.push({ verdict, witness: { finding, trace, replay } });
    }
  }
  return results;
}
