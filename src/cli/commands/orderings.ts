/** `shootdown orderings FILE`: which order of which steps is all that a finding's violation needs. */

import { ORDERING_LIMITS } from '../../orderings/limits.js';
import type { FindingOrderings, OrderedStep } from '../../orderings/orderings-of-finding.js';
import { visible } from '../../report/escape.js';
import { count, groupDigits, wrap } from '../../report/text-columns.js';
import { originOf } from '../../report/witness-words.js';
import type { Finding } from '../../vocabulary/finding.js';
import { type CliContext, screenWidth } from '../command-context.js';
import { EXIT_OK } from '../exit-codes.js';
import { wholeNumber } from '../flag-values.js';
import { printJson, printLine } from '../io.js';
import { FINDING, FINDING_MODULES, FINDING_TREE, flagOr, type Given, JSON_FLAG } from '../options.js';
import { named, openFinding } from '../own-modules.js';
import { defineCommand } from './command.js';

const EXECUTIONS_MAX = 1e6;
const STEPS_MAX = 1e12;

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
  module: FINDING_MODULES,
  kernelSource: FINDING_TREE,
  json: JSON_FLAG,
};

type OrderingsFlags = Given<typeof FLAGS>;

const HELP = `
Examples:
  $ shootdown orderings findings/b1--two-mm-switch--stale-use--1a2b3c4d.json

A minimised finding (shootdown minimise) takes seconds, and says it in fewer steps.

Exit codes: 0 done, 2 not reproduced, or the file is no finding, 3 internal or infrastructure failure.`;

export const orderingsCommand = defineCommand({
  name: 'orderings',
  summary: 'which order of which steps is all that a finding needs',
  description:
    'Looks for a minimal set of orderings ("CPU1 reads tlb_gen(A) before CPU0 counts it up") that ' +
    'suffices: every execution in which they come true ends in the violation, and without any one of them ' +
    'one does not. Both are tried in executions that are otherwise left to chance: a sample, not a proof.',
  arguments: { file: FINDING },
  flags: FLAGS,
  help: HELP,
  run: (context, { file }, flags) => orderings(context, file, flags),
});

async function orderings(context: CliContext, file: string, flags: OrderingsFlags): Promise<number> {
  const { engine, io, version } = context;
  const finding = await openFinding(context, file, flags.module, flags.kernelSource);
  const found = await named(file, () => engine.orderings(finding, flags));
  if (flags.json)
    printJson(io.stdout, {
      ...{ format: 'shootdown-orderings', version: 1, shootdown: version, file },
      violation: finding.violation.class,
      ...found,
    });
  else for (const line of told(finding, found, screenWidth(io))) printLine(io.stdout, line);
  return EXIT_OK;
}

function told(finding: Finding, found: FindingOrderings, width: number): string[] {
  const { orderings: all, isWhole, forced, failing, executed } = found;
  const say = (text: string, first = '', rest = first): string[] =>
    wrap(visible(text), width - rest.length).map((line, i) => `${i === 0 ? first : rest}${line}`);
  const head = originOf(finding);
  if (all === null)
    return [
      head,
      ...say(
        isWhole
          ? 'the order of all its steps does not force the violation: which of them matter is not known'
          : `not known which orderings it needs: ${USED_UP}`,
        '  ',
      ),
    ];
  const ofEach = all.flatMap(({ before, after, without }, index) => [
    ...say(`${index + 1}. ${stepWords(before)}`, '  ', INDENT),
    ...say(`before ${stepWords(after)}`, INDENT),
    ...say(
      without === null
        ? isWhole
          ? 'without it the others did not come true'
          : 'whether it is needed was not tried to the end'
        : `without it execution ${groupDigits(without)} ends with nothing wrong`,
      INDENT,
    ),
  ]);
  return [
    head,
    ...say(`${finding.violation.class} comes of ${count(all.length, 'ordering')}:`),
    ...ofEach,
    ...say(
      `forced in ${count(forced, 'execution')}: they came true in ${groupDigits(failing)}, and each of ` +
        `these ended in ${finding.violation.class}; a sample, not a proof ` +
        `(${count(executed, 'execution')} in all)`,
    ),
    ...(isWhole ? [] : say(`fewer orderings may suffice: ${USED_UP}`)),
  ];
}

const USED_UP = 'all steps that executions may take were used up (--steps; a minimised finding needs fewer)';

const INDENT = '     ';

const WHO: Readonly<Record<OrderedStep['agent'], string>> = {
  cpu: '',
  buffer: "'s store buffer",
  line: "'s interrupt line",
  walker: "'s page walker",
  host: "'s host",
  mmu: "'s MMU",
};

function stepWords({ step, cpu, agent, text }: OrderedStep): string {
  const where = step === null ? 'not before the end' : `step ${step}`;
  return `CPU${cpu}${WHO[agent]}: ${text} (${where})`;
}
