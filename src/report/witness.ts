/** A witness in words, as lines: the sentence that says what went wrong, where it comes from, how to see it again. */

import { modulesElsewhere } from '../modules/project.js';
import { type Finding, findingSubject, isProgramFinding } from '../vocabulary/finding.js';
import type { Colors } from './colors.js';
import { visible } from './escape.js';
import { groupDigits, wrap } from './layout.js';
import { shellWord } from './shell-word.js';
import { TABLE_WIDTH } from './table.js';

/** `b1: stale-use in two-mm-switch (execution 42, 230 steps): the sentence.` */
export function sentenceLines(finding: Finding, colors: Colors, width = TABLE_WIDTH): string[] {
  const { violation, execution, steps } = finding;
  const { name, scenario } = findingSubject(finding);
  const where = `execution ${groupDigits(execution)}, ${groupDigits(steps)} steps`;
  const text = `${visible(name)}: ${violation.class} in ${visible(scenario)} (${where}): ${visible(violation.message)}`;
  return wrap(text, width).map((line) => colors.bold(line));
}

/** What was found where and how, a line each. */
export function originOf(finding: Finding): string[] {
  const { memory, strategy, seed } = finding;
  const { name, scenario } = findingSubject(finding);
  const source = isProgramFinding(finding) ? undefined : finding.scenario.source;
  const origin = `${name} in ${scenario}, ${memory}, found by ${strategy} with seed ${seed}`;
  return [origin, ...(source === undefined ? [] : [`scenario from ${source}`])].map(visible);
}

/** The commands that run a finding again and that show it. */
export function commandLines(path: string, finding: Finding | null): string[] {
  return [replayCommand(path, finding), showCommand(path, finding)].map((command) => `  ${command}`);
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

/** `--module FILE` for each. */
export function moduleFlags(modules: readonly string[]): string {
  return modules.map((module) => `--module ${shellWord(module)}`).join(' ');
}

/** A text and what it is about. */
export interface LabelledLine {
  readonly label: string;
  readonly text: string;
}

/** `label   text` lines, wrapped under their text. */
export function labelledLines(lines: readonly LabelledLine[], columns = TABLE_WIDTH): string[] {
  const width = Math.max(0, ...lines.map(({ label }) => label.length)) + 2;
  return lines.flatMap(({ label, text }) =>
    wrap(visible(text), columns - width).map((line, index) => (index === 0 ? label : '').padEnd(width) + line),
  );
}

/** Indented lines, wrapped. */
export function indentedLines(texts: readonly string[], width = TABLE_WIDTH): string[] {
  return texts.flatMap((text) => wrap(visible(text), width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`));
}
