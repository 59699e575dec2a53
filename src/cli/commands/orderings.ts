/** `shootdown orderings FILE`: which order of which steps is all that a finding's violation needs. */

import { checkOutDirectory } from '../../findings/out-directory.js';
import type { CorrectExecution } from '../../orderings/forced-executions.js';
import type { FoundOrderings, OrderingsProgress, SearchedOrderings } from '../../orderings/found.js';
import { ORDERING_LIMITS, STATES_MAX } from '../../orderings/limits.js';
import { comesOf, lines, orderingLines } from '../../report/ordering-words.js';
import { count, groupDigits } from '../../report/text-columns.js';
import { originOf } from '../../report/witness-words.js';
import { type OnWork, workProgress } from '../../report/work-progress.js';
import type { Finding, ViolationClass } from '../../vocabulary/finding.js';
import { type CliContext, keeperOf, screenWidth } from '../command-context.js';
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.js';
import { wholeNumber } from '../flag-values.js';
import { printJson, printLine } from '../io.js';
import {
  FINDING,
  FINDING_MODULES,
  FINDING_TREE,
  flagOr,
  type Given,
  JSON_FLAG,
  OUT,
  toggle,
} from '../options.js';
import { named, openFinding } from '../own-modules.js';
import { printCommands } from '../print-witness.js';
import { progressOf } from '../with-pool.js';
import { defineCommand } from './command.js';

const EXECUTIONS_MAX = 1e6;
const STEPS_MAX = 1e12;
const STATES_LIMIT = 1e8;

const FLAGS = {
  executions: flagOr(
    '--executions <N>',
    'executions in which the orderings are forced in the end, and without each of them',
    (name) => wholeNumber(name, 1, EXECUTIONS_MAX),
    ORDERING_LIMITS.executions,
  ),
  steps: flagOr(
    '--steps <N>',
    'steps that all executions together may take; then what was found by then is told',
    (name) => wholeNumber(name, 1, STEPS_MAX),
    ORDERING_LIMITS.steps,
  ),
  states: flagOr(
    '--states <N>',
    'states of all executions that keep them, which are searched where there are no more; 0: none',
    (name) => wholeNumber(name, 0, STATES_LIMIT),
    STATES_MAX,
  ),
  write: toggle('--write', 'write the finding with its orderings, as a new file'),
  out: OUT,
  module: FINDING_MODULES,
  kernelSource: FINDING_TREE,
  json: JSON_FLAG,
};

type OrderingsFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown orderings findings/b1--two-mm-switch--stale-use--1a2b3c4d.json
  $ shootdown orderings --write FILE

With --write, "show" draws them and "replay" tries them where the code has changed. A minimised finding
(shootdown minimise) takes seconds, and says it in fewer steps.

Exit codes: 0 done, 2 not reproduced, or the file is no finding, 3 internal or infrastructure failure.`;

export const orderingsCommand = defineCommand({
  name: 'orderings',
  summary: 'which order of which steps is all that a finding needs',
  description:
    'Looks for a minimal set of orderings ("CPU1 reads tlb_gen(A) before CPU0 counts it up") that ' +
    'suffices: every execution in which they come true ends in the violation, and without any one of them ' +
    'one does not. Both are tried in executions that are otherwise left to chance; where those that keep ' +
    'them have few states, all are searched.',
  arguments: { file: FINDING },
  flags: FLAGS,
  help: HELP,
  run: (context, { file }, flags) => orderings(context, file, flags),
});

async function orderings(context: CliContext, file: string, flags: OrderingsFlags): Promise<number> {
  const { engine, io, version } = context;
  const finding = await openFinding(context, file, flags.module, flags.kernelSource);
  if (flags.write) checkOutDirectory(flags.out);
  const progress = progressOf(context, flags.json);
  const isBound = true;
  const words = (what: string, unit: string) => (done: number, of: number) =>
    `${what}: ${groupDigits(done)} of at most ${count(of, unit)}`;
  const onSteps = workProgress(progress, words('looking for orderings', 'step'), { isBound });
  // Each search of all executions begins anew.
  let onStates: OnWork | null = null;
  const onProgress = ({ steps, states }: OrderingsProgress): void => {
    if (states === null) onStates = null;
    else onStates ??= workProgress(progress, words('all executions that keep them', 'state'), { isBound });
    if (onStates === null) onSteps(steps, flags.steps);
    else onStates(states ?? 0, flags.states);
  };
  const { named: written, ...found } = await named(file, () =>
    engine.orderings(finding, flags, onProgress).finally(() => progress.clear()),
  );
  const isWritten = flags.write && written !== null && found.all?.correctSteps == null;
  const keeper = isWritten ? await keeperOf(context, flags.out) : null;
  const saved = keeper?.keep({ ...finding, orderings: written ?? [] }) ?? null;
  if (flags.json)
    printJson(io.stdout, {
      ...{ format: 'shootdown-orderings', version: 1, shootdown: version, file },
      violation: finding.violation.class,
      ...found,
      finding: saved,
    });
  else {
    for (const line of told(finding, found, screenWidth(io))) printLine(io.stdout, line);
    if (saved !== null) printCommands(context, saved, finding);
  }
  return keeper?.failed === true ? EXIT_FAILURE : EXIT_OK;
}

function told(finding: Finding, found: Omit<FoundOrderings, 'named'>, width: number): string[] {
  const { orderings: all, isWhole, forced, failing, executed } = found;
  const { class: violation } = finding.violation;
  const head = originOf(finding);
  if (all === null) {
    const why = isWhole
      ? 'the order of all its steps does not force the violation: which of them matter is not known'
      : `not known which orderings it needs: ${USED_UP}`;
    return [head, ...lines(why, width, '  ')];
  }
  const untold = isWhole
    ? 'without it the others did not come true'
    : 'whether it is needed was not tried to the end';
  const neededFor = (without: CorrectExecution | null): string => {
    if (without === null) return untold;
    const which = without === 'searched' ? 'an execution' : `execution ${groupDigits(without)}`;
    return `without it ${which} ends with nothing wrong`;
  };
  return [
    head,
    ...lines(`${comesOf(violation, all)}:`, width),
    ...all.flatMap((ordering, i) => orderingLines(ordering, i, width, neededFor(ordering.without))),
    ...lines(
      `forced in ${count(forced, 'execution')}: they came true in ${groupDigits(failing)}, and each of ` +
        `these ended in ${violation} (${count(executed, 'execution')} in all)`,
      width,
    ),
    ...lines(allWords(violation, found.all), width),
    ...(isWhole ? [] : lines(`fewer orderings may suffice: ${USED_UP}`, width)),
  ];
}

/** What all executions showed that keep them. */
function allWords(violation: ViolationClass, all: SearchedOrderings | null): string {
  if (all === null) return 'a sample, not a proof';
  const { isComplete, states, otherwise, correctSteps } = all;
  const looked = count(states, 'state');
  if (correctSteps !== null)
    return (
      `but they do not suffice: an execution of ${count(correctSteps, 'step')} keeps them and ends with ` +
      `nothing wrong (search of all executions, ${looked})`
    );
  if (!isComplete) return `a sample, not a proof: a search of all executions was given up at ${looked}`;
  const ends = otherwise === 0 ? violation : `${violation} or another violation`;
  return (
    `in all executions with the witness's choices (${looked}): each in which they come true and that ends, ` +
    `ends in ${ends}`
  );
}

const USED_UP = 'all steps that executions may take were used up (--steps; a minimised finding needs fewer)';
