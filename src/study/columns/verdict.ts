import type { Verdict } from '../../explore/api.js';
import { count, groupDigits } from '../../report/layout.js';
import type { Column } from '../study.js';

/** The hunt's verdict in a cell. Harm comes before what is latent: a latent finding alone is none. */
export const verdictColumn: Column = {
  key: 'verdict',
  title: ['VERDICT'],
  width: 24,
  value: ({ verdict }) =>
    verdict === null ? null : { violation: verdict.violation, executions: verdict.executions, latent: verdict.latent },
  text: ({ verdict }) => (verdict === null ? '-' : verdictText(verdict)),
};

function verdictText(verdict: Verdict): string {
  const { violation, executions, seconds, latent } = verdict;
  if (violation !== null) return `${violation} in ${groupDigits(executions)}, ${seconds.toFixed(1)} s`;
  // The most serious first: a slot that claims what it does not hold comes before one that claims what does not exist yet.
  const worst = latent.find(({ class: name }) => name === 'gen-ahead') ?? latent[0];
  if (worst !== undefined) return `latent ${worst.class} ${groupDigits(worst.executions)} of ${groupDigits(executions)}`;
  return `none in ${count(executions, 'execution')}`;
}
