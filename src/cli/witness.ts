/** A witness on the screen: its timeline, the sentence that says what went wrong, how to see it again. */

import { modulesElsewhere } from '../modules/project.js';
import { visible } from '../report/escape.js';
import { groupDigits, wrap } from '../report/layout.js';
import { shellWord } from '../report/shell-word.js';
import { TABLE_WIDTH } from '../report/table.js';
import { renderTimeline } from '../report/timeline.js';
import { type Finding, findingSubject, isProgramFinding } from '../vocabulary/finding.js';
import { type CliContext, outColors } from './context.js';
import type { ReplayResult } from './engine-api.js';
import { printLine } from './io.js';
import { moduleFlags } from './own-modules.js';

export function printTimeline(context: CliContext, finding: Finding, result: ReplayResult, isFull: boolean, width = TABLE_WIDTH): void {
  const colors = outColors(context);
  const text = renderTimeline(result.trace, { cpus: findingSubject(finding).cpus, aroundDeciding: !isFull, colors, width });
  printLine(context.io.stdout, text);
}

/** `b1: stale-use in two-mm-switch (execution 42, 230 steps): the sentence.` */
export function printSentence(context: CliContext, finding: Finding, width = TABLE_WIDTH): void {
  const { violation, execution, steps } = finding;
  const { name, scenario } = findingSubject(finding);
  const where = `execution ${groupDigits(execution)}, ${groupDigits(steps)} steps`;
  const text = `${visible(name)}: ${violation.class} in ${visible(scenario)} (${where}): ${visible(violation.message)}`;
  const colors = outColors(context);
  for (const line of wrap(text, width)) printLine(context.io.stdout, colors.bold(line));
}

/** What was found where and how, a line each. */
export function originOf(finding: Finding): string[] {
  const { memory, strategy, seed } = finding;
  const { name, scenario } = findingSubject(finding);
  const source = isProgramFinding(finding) ? undefined : finding.scenario.source;
  const origin = `${name} in ${scenario}, ${memory}, found by ${strategy} with seed ${seed}`;
  return [origin, ...(source === undefined ? [] : [`scenario from ${source}`])].map(visible);
}

/** Why a replay is not what the file says, not escaped. */
export function reasonNotReproduced(file: string, finding: Finding, result: ReplayResult, version: string): string {
  const other = finding.shootdown === version ? '' : `; shootdown ${finding.shootdown} wrote it and this is ${version}`;
  return `${file}: not reproduced: ${result.reason ?? 'the execution differs'}${other}`;
}

/** The commands that run a finding again and that show it. */
export function printCommands({ io }: CliContext, path: string, finding: Finding | null): void {
  printLine(io.stdout, `  ${replayCommand(path, finding)}`);
  printLine(io.stdout, `  ${showCommand(path, finding)}`);
}

/** The command that runs a finding again. */
export function replayCommand(path: string, finding: Finding | null): string {
  return onFile('replay', path, finding);
}

/** The command that shows a finding on the whole screen. */
export function showCommand(path: string, finding: Finding | null): string {
  return onFile('show', path, finding);
}

/** A command on a file, in one piece so that it can be copied. It names the modules where a replay would not run them by itself. */
function onFile(command: string, path: string, finding: Finding | null): string {
  const modules = finding?.modules?.map(({ file }) => file) ?? [];
  const flags = modulesElsewhere(path, modules).length === 0 ? '' : ` ${moduleFlags(modules)}`;
  return visible(`shootdown ${command} ${shellWord(path)}${flags}`);
}

/** Prints `label   text` lines, wrapped under their text. */
export function printLabelled(
  context: CliContext,
  lines: readonly { readonly label: string; readonly text: string }[],
  columns = TABLE_WIDTH,
): void {
  const width = Math.max(0, ...lines.map(({ label }) => label.length)) + 2;
  for (const { label, text } of lines) {
    for (const [index, line] of wrap(visible(text), columns - width).entries()) {
      printLine(context.io.stdout, (index === 0 ? label : '').padEnd(width) + line);
    }
  }
}

/** Prints indented lines, wrapped. */
export function printIndented(context: CliContext, lines: readonly string[], width = TABLE_WIDTH): void {
  for (const text of lines) {
    for (const [index, line] of wrap(visible(text), width - 4).entries())
      printLine(context.io.stdout, `${index === 0 ? '  ' : '    '}${line}`);
  }
}
