/** What the words of report/witness-words.ts are printed with: a command's stdout and its colours. */

import { differenceWords } from '../replay/differences.js';
import { visible } from '../report/escape.js';
import { replayedOrderingLines } from '../report/ordering-words.js';
import { renderTimeline } from '../report/timeline.js';
import {
  commandLines,
  indentedLines,
  type LabelledLine,
  labelledLines,
  replayedSentenceLines,
  sentenceLines,
} from '../report/witness-words.js';
import { type Finding, findingSubject } from '../vocabulary/finding.js';
import type { LineText } from '../vocabulary/told.js';
import { type CliContext, outColors } from './command-context.js';
import type { ReplayResult } from './engine-api.js';
import { printLine } from './io.js';

export function printTimeline(
  context: CliContext,
  finding: Finding,
  { trace }: Pick<ReplayResult, 'trace'>,
  isFull: boolean,
  { width, lineText }: { readonly width?: number; readonly lineText?: LineText } = {},
): void {
  const { cpus } = findingSubject(finding);
  print(context, [
    renderTimeline(trace, { cpus, aroundDeciding: !isFull, colors: outColors(context), width, lineText }),
  ]);
}

export function printSentence(context: CliContext, finding: Finding, width?: number): void {
  print(context, sentenceLines(finding, outColors(context), width));
}

/** The sentence of a finding that was read, in the words of its replay. */
export function printReplayed(
  context: CliContext,
  finding: Finding,
  result: ReplayResult,
  width?: number,
): void {
  print(context, replayedSentenceLines(finding, result, outColors(context), width));
}

/** The orderings of a finding that has some, as the replay has seen them. */
export function printOrderings(
  context: CliContext,
  { orderings, violation }: ReplayResult,
  width?: number,
): void {
  if (orderings === undefined || violation === null) return;
  print(context, replayedOrderingLines(violation.class, orderings, width));
}

/** Says on stderr where a file and its replay differ; answers whether it is reproduced all the same. */
export function reportDifferences(
  { io, version }: CliContext,
  file: string,
  finding: Finding,
  result: ReplayResult,
): boolean {
  const { reproduced, reproducedBy, reason, differences } = result;
  if (reproducedBy === 'orderings') {
    const said = `${file}: schedule: ${reason}; tried its orderings, which lead to another execution`;
    printLine(io.stderr, `shootdown: ${visible(said)}`);
  }
  if (reproduced) {
    for (const difference of differences)
      printLine(io.stderr, `shootdown: ${visible(`${file}: ${differenceWords(difference)}`)}`);
    return true;
  }
  const other =
    finding.shootdown === version ? '' : `; shootdown ${finding.shootdown} wrote it and this is ${version}`;
  printLine(
    io.stderr,
    `shootdown: ${visible(`${file}: not reproduced: ${reason ?? 'the execution differs'}${other}`)}`,
  );
  return false;
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
