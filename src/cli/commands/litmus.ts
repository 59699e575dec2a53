/** `shootdown litmus FILE|DIR`: herd7's litmus tests on the machine's own operations. */

import { litmusDocument } from '../../litmus/litmus-document.js';
import type { LitmusOutcome } from '../../litmus/litmus-outcomes.js';
import { visible } from '../../report/escape.js';
import { count } from '../../report/text-columns.js';
import type { MemoryModel } from '../../vocabulary/finding.js';
import type { CliContext } from '../command-context.js';
import { EXIT_INTERRUPTED, EXIT_OK } from '../exit-codes.js';
import { printJson, printLine } from '../io.js';
import { type Given, JSON_FLAG, MEMORY, required } from '../options.js';
import { defineCommand } from './command.js';

const FLAGS = { memory: MEMORY, json: JSON_FLAG };

const HELP = `
Examples:
  $ shootdown litmus SB.litmus
  $ shootdown litmus tests/ --memory sc --json`;

export const litmusCommand = defineCommand({
  name: 'litmus',
  summary: "explore herd7's litmus tests",
  description:
    "Reads litmus tests in herd7's format (X86 and X86_64), explores every execution on the machine's " +
    'own operations, and prints the final ' +
    'states and the verdict of the condition as herd7 does. A test that needs what is not modelled is ' +
    'skipped, with the reason.',
  arguments: { path: required('path', 'a .litmus file, a directory of them, or a collection in JSON') },
  flags: FLAGS,
  help: HELP,
  run: (context, { path }, flags) => litmus(context, path, flags),
});

/** A verdict is an answer and no failure: the exit code is 0 for every test that could be read. */
async function litmus(
  { engine, io, version }: CliContext,
  path: string,
  { memory, json }: Given<typeof FLAGS>,
): Promise<number> {
  const outcomes: LitmusOutcome[] = [];
  const abort = new AbortController();
  const stopListening = io.onInterrupt(() => abort.abort());
  try {
    for await (const outcome of engine.litmus(path, memory, abort.signal)) {
      outcomes.push(outcome);
      if (!json) for (const line of linesOf(outcome)) printLine(io.stdout, visible(line));
    }
  } finally {
    stopListening();
  }
  const interrupted = abort.signal.aborted;
  if (json) printJson(io.stdout, litmusDocument(version, memory, outcomes, interrupted));
  else if (outcomes.length > 1) printLine(io.stdout, summary(outcomes, memory));
  return interrupted ? EXIT_INTERRUPTED : EXIT_OK;
}

const EXPECTATION = { exists: 'Allowed', '~exists': 'Forbidden', forall: 'Required' } as const;

function linesOf({ name, file, explored, skipped }: LitmusOutcome): string[] {
  if (explored === null) return [`Test ${name} skipped (${file}): ${skipped}`, ''];
  const { test, result } = explored;
  return [
    `Test ${name} ${EXPECTATION[test.quantifier]}`,
    `States ${result.states.length}`,
    ...result.states,
    result.verdict,
    `Condition ${test.conditionText}`,
    `Observation ${name} ${result.observation}`,
    '',
  ];
}

function summary(outcomes: readonly LitmusOutcome[], memory: MemoryModel): string {
  const verdicts = outcomes.map(({ explored }) => explored?.result.verdict ?? 'skipped');
  const of = (verdict: string): number => verdicts.filter((each) => each === verdict).length;
  return (
    `${count(outcomes.length, 'test')} under ${memory}: ${of('Ok')} Ok, ${of('No')} No, ` +
    `${of('skipped')} skipped`
  );
}
