/** Above a study's table. */

import { visible } from '../../../report/escape.js';
import { count } from '../../../report/text-columns.js';
import type { StudyAmount } from '../../../study/amount.js';
import type { Study } from '../../../study/study.js';
import type { MemoryModel } from '../../../vocabulary/finding.js';
import { type CliContext, screenWidth } from '../../command-context.js';
import { printLabelled } from '../../print-witness.js';
import type { SelectedScenarios } from '../../select.js';

interface HeadFlags {
  readonly seed: number;
  readonly memory: MemoryModel;
  readonly jobs: number;
}

/** What is asked, and how much is run for it. */
export function printHead(
  context: CliContext,
  { summary, probes }: Study,
  { scenarios, description }: SelectedScenarios,
  { executions: limit, counted: pairs }: StudyAmount,
  { seed, memory, jobs }: HeadFlags,
): void {
  const hunted =
    limit === undefined ? 'as many executions as the time allows' : `at most ${count(limit, 'execution')}`;
  const compared =
    pairs === undefined ? 'as many pairs as the time allows' : `at most ${count(pairs, 'pair')}`;
  const settings =
    `${count(scenarios.length, 'scenario')}; a row is hunted for ${hunted} and counted ` +
    `over ${compared}; seed ${seed}, ${memory}, ${count(jobs, 'job')}`;
  const countedOnly =
    `${count(scenarios.length, 'scenario')}; a row is counted over ` +
    `${pairs === undefined ? 'as many executions as the time allows' : count(pairs, 'execution')}; ` +
    `seed ${seed}, ${memory}, ${count(jobs, 'job')}`;
  printLabelled(
    context,
    [
      { label: 'command', text: visible(context.command) },
      { label: 'question', text: summary },
      ...description,
      ...(probes.includes('hunt') ? [{ label: 'runs', text: settings }] : []),
      ...(probes.includes('hunt') || !probes.includes('counts')
        ? []
        : [{ label: 'runs', text: countedOnly }]),
    ],
    screenWidth(context.io),
  );
}
