/**
 * A witness in words, as lines: the sentence that says what went wrong, where it comes from, how to see it
 * again.
 */

import { modulesElsewhere } from '../modules/project.js';
import { catalogueName } from '../replay/differences.js';
import type { Replay } from '../replay/replay-finding.js';
import { isNumbered } from '../vocabulary/decided-by.js';
import { type Finding, findingSubject, isProgramFinding, PLAIN_PROGRAM } from '../vocabulary/finding.js';
import type { Colors } from './colors.js';
import { visible } from './escape.js';
import { shellWord } from './shell-word.js';
import { TABLE_WIDTH } from './table.js';
import { groupDigits, wrap } from './text-columns.js';

/** What a replay has seen. */
type ReplayedWitness = Pick<Replay, 'violation' | 'sentence' | 'steps'>;

/** `b1: stale-use in two-mm-switch (execution 42, 230 steps): the sentence.`; of no hunt: `(230 steps)`. */
export function sentenceLines(finding: Finding, colors: Colors, width = TABLE_WIDTH): string[] {
  const { violation, execution, steps } = finding;
  const { name, scenario } = findingSubject(finding);
  const which = isNumbered(finding) ? `execution ${groupDigits(execution)}, ` : '';
  const where = `${which}${groupDigits(steps)} steps`;
  const text =
    `${visible(name)}: ${violation.class} in ${visible(scenario)} (${where}): ` +
    `${visible(violation.message)}`;
  return wrap(text, width).map((line) => colors.bold(line));
}

/**
 * The same of a finding that was read from a file, in the words of its replay: what the file says of it is
 * nobody's word.
 */
export function replayedSentenceLines(
  finding: Finding,
  shown: ReplayedWitness,
  colors: Colors,
  width = TABLE_WIDTH,
): string[] {
  return wrap(visible(replayedSentence(finding, shown)), width).map((line) => colors.bold(line));
}

/** `b1: stale-use in two-mm-switch (230 steps): the sentence`, not escaped. */
export function replayedSentence(finding: Finding, { violation, sentence, steps }: ReplayedWitness): string {
  const what = `in ${scenarioWords(finding)} (${groupDigits(steps)} steps)`;
  if (violation === null) return `${findingSubject(finding).name}: no violation ${what}`;
  return `${findingSubject(finding).name}: ${violation.class} ${what}: ${sentence ?? violation.message}`;
}

/** What is run when a finding is read from a file. */
export function originOf(finding: Finding): string {
  return visible(`${findingSubject(finding).name} in ${scenarioWords(finding)}, ${finding.memory}`);
}

/** What only a file calls by a name has none. */
function scenarioWords(finding: Finding): string {
  return knownScenario(finding) ?? "a scenario of the file's own";
}

/** The name of what a finding is in, where this version knows it by that name. */
export function knownScenario(finding: Finding): string | null {
  return isProgramFinding(finding) ? PLAIN_PROGRAM : catalogueName(finding.scenario);
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

/**
 * A command on a file, in one piece so that it can be copied. It names the modules where a replay would not
 * run them by itself.
 */
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
    wrap(visible(text), columns - width).map(
      (line, index) => (index === 0 ? label : '').padEnd(width) + line,
    ),
  );
}

/** Indented lines, wrapped. */
export function indentedLines(texts: readonly string[], width = TABLE_WIDTH): string[] {
  return texts.flatMap((text) =>
    wrap(visible(text), width - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`),
  );
}
