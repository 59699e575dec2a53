/** `shootdown litmus FILE|DIR`: herd7's litmus tests on the machine's own operations. */

import { litmusDocument } from '../../litmus/litmus-document.js';
import type { LitmusOutcome } from '../../litmus/litmus-outcomes.js';
import type { SeenOnThreads } from '../../litmus/on-threads.js';
import { visible } from '../../report/escape.js';
import { count, groupDigits, pad } from '../../report/text-columns.js';
import { workProgress } from '../../report/work-progress.js';
import type { MemoryModel } from '../../vocabulary/finding.js';
import type { CliContext } from '../command-context.js';
import { EXIT_INTERRUPTED, EXIT_OK, EXIT_VIOLATION } from '../exit-codes.js';
import { duration } from '../flag-values.js';
import { printJson, printLine } from '../io.js';
import { flagOr, type Given, JSON_FLAG, MEMORY, required, toggle } from '../options.js';
import { progressOf } from '../with-pool.js';
import { defineCommand } from './command.js';

const FOR_MS = 200;

const FLAGS = {
  memory: MEMORY,
  onThreads: toggle('--on-threads', 'run each test on threads of this computer too, and say what came out'),
  for: flagOr('--for <time>', 'with --on-threads: how long each test', duration, FOR_MS, '200ms'),
  json: JSON_FLAG,
};

const HELP = `
Examples:
  $ shootdown litmus SB.litmus
  $ shootdown litmus tests/ --memory sc --json
  $ shootdown litmus SB.litmus --on-threads --for 1s

Exit codes: 0 for every test that could be read, 1 where threads showed a state that is none of the
machine's, 2 usage or bad input, 3 internal or infrastructure failure, 130 interrupted.`;

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

/**
 * A verdict is an answer and no failure: the exit code is 0 for every test that could be read, unless threads
 * show what the machine does not allow.
 */
async function litmus(
  context: CliContext,
  path: string,
  { memory, onThreads, for: forMs, json }: Given<typeof FLAGS>,
): Promise<number> {
  const { engine, io, version } = context;
  const outcomes: LitmusOutcome[] = [];
  const progress = progressOf(context, json);
  const onTest = workProgress(progress, (done, of) => `${done} of ${count(of, 'test')} done`);
  const abort = new AbortController();
  const stopListening = io.onInterrupt(() => abort.abort());
  try {
    for await (const outcome of engine.litmus(path, memory, abort.signal, onThreads ? forMs : null, onTest)) {
      outcomes.push(outcome);
      if (!json) progress.clear();
      if (!json) for (const line of linesOf(outcome)) printLine(io.stdout, visible(line));
    }
  } finally {
    progress.clear();
    stopListening();
  }
  const interrupted = abort.signal.aborted;
  if (json) printJson(io.stdout, litmusDocument(version, memory, outcomes, interrupted));
  else if (outcomes.length > 1) printLine(io.stdout, summary(outcomes, memory));
  if (interrupted) return EXIT_INTERRUPTED;
  return outcomes.some(({ onThreads: seen }) => seen !== null && hasOther(seen)) ? EXIT_VIOLATION : EXIT_OK;
}

const EXPECTATION = { exists: 'Allowed', '~exists': 'Forbidden', forall: 'Required' } as const;

function hasOther({ states }: SeenOnThreads): boolean {
  return states.some(({ isAllowed }) => !isAllowed);
}

function linesOf({ name, file, explored, onThreads, skipped }: LitmusOutcome): string[] {
  if (explored === null) return [`Test ${name} skipped (${file}): ${skipped}`, ''];
  const { test, result } = explored;
  return [
    `Test ${name} ${EXPECTATION[test.quantifier]}`,
    `States ${result.states.length}`,
    ...result.states,
    result.verdict,
    `Condition ${test.conditionText}`,
    `Observation ${name} ${result.observation}`,
    ...(onThreads === null ? [] : seenLines(onThreads)),
    '',
  ];
}

/** States as often as threads came to them. */
function seenLines({ tries, states }: SeenOnThreads): string[] {
  const width = Math.max(...states.map(({ count: times }) => groupDigits(times).length));
  return [
    `On threads ${count(tries, 'try', 'tries')}`,
    ...states.map(
      ({ state, count: times, isAllowed }) =>
        `${pad(groupDigits(times), width, 'right')} ${state}${isAllowed ? '' : '  none of the states above'}`,
    ),
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
