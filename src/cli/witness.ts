/** A witness on the screen: its timeline, the sentence that says what went wrong, how to see it again. */

import { type Finding, findingSubject } from '../findings/finding.js';
import { visible } from '../report/escape.js';
import { groupDigits, wrap } from '../report/layout.js';
import { TABLE_WIDTH } from '../report/table.js';
import { renderTimeline } from '../report/timeline.js';
import { type CliContext, outColors } from './context.js';
import type { ReplayResult } from './engine-api.js';
import { printLine } from './io.js';

export function printTimeline(context: CliContext, finding: Finding, result: ReplayResult, isFull: boolean): void {
  const colors = outColors(context);
  const text = renderTimeline(result.trace, { cpus: findingSubject(finding).cpus, aroundDeciding: !isFull, colors });
  printLine(context.io.stdout, text);
}

/** `b1: stale-use in two-mm-switch (execution 42, 230 steps): the sentence.` */
export function printSentence(context: CliContext, finding: Finding): void {
  const { violation, execution, steps } = finding;
  const { name, scenario } = findingSubject(finding);
  const where = `execution ${groupDigits(execution)}, ${groupDigits(steps)} steps`;
  const text = `${visible(name)}: ${violation.class} in ${visible(scenario)} (${where}): ${visible(violation.message)}`;
  const colors = outColors(context);
  for (const line of wrap(text, TABLE_WIDTH)) printLine(context.io.stdout, colors.bold(line));
}

/** The command that shows a finding again, in one piece so that it can be copied. */
export function replayCommand(path: string): string {
  const word = /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
  return `shootdown replay ${visible(word)}`;
}

/** Prints `label   text` lines, wrapped under their text. */
export function printLabelled(context: CliContext, lines: readonly { readonly label: string; readonly text: string }[]): void {
  const width = Math.max(0, ...lines.map(({ label }) => label.length)) + 2;
  for (const { label, text } of lines) {
    for (const [index, line] of wrap(visible(text), TABLE_WIDTH - width).entries()) {
      printLine(context.io.stdout, (index === 0 ? label : '').padEnd(width) + line);
    }
  }
}

/** Prints indented lines, wrapped. */
export function printIndented(context: CliContext, lines: readonly string[]): void {
  for (const text of lines) {
    for (const [index, line] of wrap(text, TABLE_WIDTH - 4).entries())
      printLine(context.io.stdout, `${index === 0 ? '  ' : '    '}${line}`);
  }
}
