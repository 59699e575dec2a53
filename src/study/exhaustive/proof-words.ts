import { count, groupDigits } from '../../report/text-columns.js';
import { listed } from '../answers/answer-words.js';
import type { ProofPlan } from '../study.js';
import type { ProvedRow } from './proved-row.js';

/** What is said of a row beneath its counts: a shortest witness, or of how much every execution is right. */
export function proofWords({ witness, proved, known, partly, states }: ProvedRow): string {
  return [
    ...(witness === null ? [] : [`shortest witness in ${witness.scenario}: ${count(witness.steps, 'step')}`]),
    ...(proved.length === 0
      ? []
      : [
          `all executions of ${count(proved.length, 'scenario')}, ${count(states, 'state')}: none goes wrong`,
        ]),
    ...known.map(({ finding, scenario }) => `in ${scenario} ${finding} of the kernel is met`),
    ...partly.map(
      ({ scenario, withinSteps }) => `none of up to ${count(withinSteps, 'step')} in ${scenario}`,
    ),
  ].join('; ');
}

/** What the rows' proofs are of, for what a study rests on. */
export function proofsOf(plan: ProofPlan, rows: readonly ProvedRow[]): string {
  const states = rows.reduce((sum, row) => sum + row.states, 0);
  const names = plan.scenarios.map(
    ({ name, preemptions = 0 }) => `${name} (${count(preemptions, 'preemption')})`,
  );
  return (
    `proofs: all executions of ${count(rows.length, 'row')} in ${listed(names)}, ` +
    `up to ${groupDigits(plan.statesMax)} states each (${groupDigits(states)} states of those that are ` +
    'whole); every row in every small scenario: --exhaustive'
  );
}
