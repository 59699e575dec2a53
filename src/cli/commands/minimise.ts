/** `shootdown minimise FILE`: a finding with less in it, as a new file. */

import { checkOutDirectory } from '../../findings/out-directory.js';
import type { FindingSize } from '../../minimise/finding-size.js';
import { MINIMISE_LIMITS, type MinimiseLimits, type MinimiseProgress } from '../../minimise/limits.js';
import type { MinimisedFinding } from '../../minimise/minimise-finding.js';
import { visible } from '../../report/escape.js';
import type { Progress } from '../../report/progress.js';
import { count, groupDigits, pad } from '../../report/text-columns.js';
import { originOf } from '../../report/witness-words.js';
import { type OnWork, workProgress } from '../../report/work-progress.js';
import { type CliContext, keeperOf } from '../command-context.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK } from '../exit-codes.js';
import { wholeNumber } from '../flag-values.js';
import { printJson, printLine } from '../io.js';
import { FINDING, FINDING_MODULES, FINDING_TREE, flagOr, type Given, JSON_FLAG, OUT } from '../options.js';
import { lineTextOfFinding, named, openFinding } from '../own-modules.js';
import { printCommands, printSentence, printTimeline } from '../print-witness.js';
import { withPool } from '../with-pool.js';
import { defineCommand } from './command.js';

const EXECUTIONS_MAX = 1e9;
const STATES_MAX = 1e9;

const FLAGS = {
  executions: flagOr(
    '--executions <N>',
    'executions that leaving out and hunting again may take',
    (name) => wholeNumber(name, 1, EXECUTIONS_MAX),
    MINIMISE_LIMITS.executions,
  ),
  states: flagOr(
    '--states <N>',
    'states of what is left that are searched for the shortest witness; 0: none',
    (name) => wholeNumber(name, 0, STATES_MAX),
    MINIMISE_LIMITS.states,
  ),
  out: OUT,
  module: FINDING_MODULES,
  kernelSource: FINDING_TREE,
  json: JSON_FLAG,
};

type MinimiseFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown minimise findings/b1--two-mm-switch--stale-use--1a2b3c4d.json

The file stays as it is. The same file becomes the same finding everywhere.

Exit codes: 0 done, 2 not reproduced, or the file is no finding, 3 internal or infrastructure failure,
130 interrupted.`;

export const minimiseCommand = defineCommand({
  name: 'minimise',
  summary: 'make of a finding one with less in it: CPUs, operations, steps',
  description:
    'Leaves operations out of the scripts of a finding, lets them begin later, leaves CPUs and steps out, ' +
    'and keeps what still shows the same violation with the same cause. Where all executions of what is ' +
    'left can be searched, the witness is the shortest there is.',
  arguments: { file: FINDING },
  flags: FLAGS,
  help: HELP,
  run: (context, { file }, flags) => minimise(context, file, flags),
});

async function minimise(context: CliContext, file: string, flags: MinimiseFlags): Promise<number> {
  const { engine, io, version } = context;
  const { json, out, executions, states } = flags;
  const finding = await openFinding(context, file, flags.module, flags.kernelSource);
  checkOutDirectory(out);
  const found: MinimisedFinding[] = [];
  const interrupted = await withPool(context, { jobs: 1, quiet: json }, async (pool, signal, progress) => {
    const limits = { executions, states };
    const onProgress = shownStages(progress, limits);
    onProgress({ stage: 'executions', done: 0 });
    const smaller = await named(file, () => engine.minimise(finding, pool, limits, signal, onProgress));
    if (smaller !== null) found.push(smaller);
    return smaller !== null;
  });
  const [smaller] = found;
  if (smaller === undefined) return EXIT_INTERRUPTED;
  const keeper = await keeperOf(context, out);
  const saved = keeper.keep(smaller.finding);
  if (json) printJson(io.stdout, documentOf(version, file, saved, smaller));
  else {
    printLine(io.stdout, originOf(smaller.finding));
    printSizes(context, smaller);
    printLine(io.stdout, '');
    printTimeline(context, smaller.finding, smaller.replay, false, {
      lineText: await lineTextOfFinding(smaller.finding, flags.kernelSource),
    });
    printLine(io.stdout, '');
    printSentence(context, smaller.finding);
    if (saved !== null) printCommands(context, saved, smaller.finding);
  }
  if (interrupted) return EXIT_INTERRUPTED;
  return keeper.failed ? EXIT_FAILURE : EXIT_OK;
}

const STAGES = {
  executions: { words: 'leaving out what is not needed', unit: 'execution' },
  states: { words: 'all executions of what is left', unit: 'state' },
};

/** Both stages have a bound, which they need not come to. */
function shownStages(progress: Progress, limits: MinimiseLimits): (of: MinimiseProgress) => void {
  const begun = new Map<MinimiseProgress['stage'], OnWork>();
  return ({ stage, done }) => {
    const { words, unit } = STAGES[stage];
    const said = (at: number, of: number): string =>
      `${words}: ${groupDigits(at)} of at most ${count(of, unit)}`;
    const shown = begun.get(stage) ?? workProgress(progress, said, { isBound: true });
    begun.set(stage, shown);
    shown(done, limits[stage]);
  };
}

function printSizes({ io }: CliContext, { before, after, ...found }: MinimisedFinding): void {
  const of = (name: string, size: keyof FindingSize): void => {
    const [was, is] = [before[size], after[size]];
    if (was !== null && is !== null) printLine(io.stdout, `  ${pad(name, 12)}${pad(`${was}`, 6)} to ${is}`);
  };
  of('CPUs', 'cpus');
  of('operations', 'operations');
  of('steps', 'steps');
  of('switches', 'switches');
  const shortest =
    found.notShortest === null
      ? `no execution there needs fewer steps (${count(found.states, 'state')})`
      : `not known to have the fewest steps: ${found.notShortest}`;
  printLine(io.stdout, `  ${visible(shortest)}`);
}

function documentOf(
  version: string,
  file: string,
  saved: string | null,
  { before, after, isShortest, notShortest, executions, states, finding, replay }: MinimisedFinding,
): object {
  return {
    ...{ format: 'shootdown-minimise', version: 1, shootdown: version, file },
    ...{ finding: saved, violation: finding.violation.class, cause: replay.cause, before, after },
    ...{ isShortest, notShortest, executions, states },
  };
}
