import { count, groupDigits } from '../../report/text-columns.js';
import type { Scenario } from '../../vocabulary/scenario.js';
import { listed } from '../answers/answer-words.js';
import type { ShippedProofs } from '../shipped/shipped-proofs.js';
import type { ProofPlan } from '../study.js';
import type { Proved } from './proved-row.js';

/** What is said of a row beneath its counts: a shortest witness, or of how much every execution is right. */
export function proofWords({ witness, proved, known, partly, states }: Proved): string {
  const others = witness === null ? 'scenario' : 'other scenario';
  return [
    ...(witness === null ? [] : [`shortest witness in ${witness.scenario}: ${count(witness.steps, 'step')}`]),
    ...(proved.length === 0
      ? []
      : [`all executions of ${count(proved.length, others)}, ${count(states, 'state')}: none goes wrong`]),
    ...known.map(({ finding, scenario }) => `in ${scenario} ${finding} of the kernel is met`),
    ...partly.map(
      ({ scenario, withinSteps }) => `none of up to ${count(withinSteps, 'step')} in ${scenario}`,
    ),
  ].join('; ');
}

/** What stands beneath rows, for the legend. `isProvedAnew`: rows are, where the package says nothing. */
export function beneathWords(shipped: ShippedProofs, isProvedAnew: boolean): string {
  if (!shipped.isCurrent)
    return (
      'Of all executions of small scenarios nothing stands beneath rows: the verdicts that the package ' +
      `brings are of other code.${isProvedAnew ? ' Rows are proved after the table, while time is left' : ''}`
    );
  return (
    `Beneath a row: what all executions of small scenarios show, decided before by this very code, in ` +
    `${listed(shipped.scenarios)}; or in as many of them as are told`
  );
}

/** What the rows' proofs are of, for what a study rests on; `shipped`: what the package has brought. */
export function proofsOf(
  plan: ProofPlan,
  shipped: ShippedProofs | null,
  proofs: readonly Proved[],
): string[] {
  const before = proofs.filter(({ isShipped }) => isShipped);
  const now = proofs.filter(({ isShipped }) => !isShipped);
  const all = '; every row in every small scenario: --exhaustive';
  const beforeIn = (plan.shipped ?? []).filter(({ name }) => shipped?.scenarios.includes(name));
  return [
    ...(before.length === 0
      ? []
      : [
          `proofs of the package: all executions of ${count(before.length, 'row')}, ` +
            `${count(statesOf(before), 'state')}, decided by this very code in ${named(beforeIn)}${all}`,
        ]),
    ...(now.length === 0
      ? []
      : [
          `proofs of this run: all executions of ${count(now.length, 'row')} in ${named(plan.scenarios)}, ` +
            `up to ${groupDigits(plan.statesMax)} states each (${groupDigits(statesOf(now))} states of ` +
            `those that are whole)${before.length === 0 ? all : ''}`,
        ]),
  ];
}

const statesOf = (proofs: readonly Proved[]): number => proofs.reduce((sum, { states }) => sum + states, 0);

const named = (scenarios: readonly Scenario[]): string =>
  listed(scenarios.map(({ name, preemptions = 0 }) => `${name} (${count(preemptions, 'preemption')})`));
