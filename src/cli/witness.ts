/** What the words of report/witness.ts are printed with: a command's stdout and its colours. */

import { renderTimeline } from '../report/timeline.js';
import { commandLines, indentedLines, type LabelledLine, labelledLines, sentenceLines } from '../report/witness.js';
import { type Finding, findingSubject } from '../vocabulary/finding.js';
import { type CliContext, outColors } from './context.js';
import type { ReplayResult } from './engine-api.js';
import { printLine } from './io.js';

export function printTimeline(
  context: CliContext,
  finding: Finding,
  { trace }: Pick<ReplayResult, 'trace'>,
  isFull: boolean,
  width?: number,
): void {
  const { cpus } = findingSubject(finding);
  print(context, [renderTimeline(trace, { cpus, aroundDeciding: !isFull, colors: outColors(context), width })]);
}

export function printSentence(context: CliContext, finding: Finding, width?: number): void {
  print(context, sentenceLines(finding, outColors(context), width));
}

/** Why a replay is not what the file says, not escaped. */
export function reasonNotReproduced(file: string, finding: Finding, result: ReplayResult, version: string): string {
  const other = finding.shootdown === version ? '' : `; shootdown ${finding.shootdown} wrote it and this is ${version}`;
  return `${file}: not reproduced: ${result.reason ?? 'the execution differs'}${other}`;
}

export function printCommands(context: CliContext, path: string, finding: Finding | null): void {
  print(context, commandLines(path, finding));
}

export function printLabelled(context: CliContext, lines: readonly LabelledLine[], width?: number): void {
  print(context, labelledLines(lines, width));
}

export function printIndented(context: CliContext, texts: readonly string[], width?: number): void {
  print(context, indentedLines(texts, width));
}

function print({ io }: CliContext, lines: readonly string[]): void {
  for (const line of lines) printLine(io.stdout, line);
}
