import type { LatentCount, Verdict } from '../../explore/api.js';
import { groupDigits } from '../../report/text-columns.js';
import type { Column } from '../study.js';

/** The hunt's verdict in a cell. Harm comes before what is latent: a latent finding alone is none. */
export const verdictColumn: Column = {
  key: 'verdict',
  title: ['VERDICT'],
  width: 19,
  legend:
    'VERDICT: "after N": the N-th execution is a witness; "none in N": N executions, no witness: no proof',
  value: ({ verdict }) =>
    verdict === null
      ? null
      : { violation: verdict.violation, executions: verdict.executions, latent: verdict.latent },
  text: ({ verdict }) => (verdict === null ? '-' : verdictText(verdict)),
};

/**
 * The most serious: a slot that claims what it does not hold comes before one that claims what does not exist
 * yet.
 */
export function worstLatent(latent: readonly LatentCount[]): LatentCount | undefined {
  return latent.find(({ class: name }) => name === 'gen-ahead') ?? latent[0];
}

function verdictText(verdict: Verdict): string {
  const { violation, executions, latent } = verdict;
  if (violation !== null) return `${violation} after ${groupDigits(executions)}`;
  const worst = worstLatent(latent);
  if (worst !== undefined) return `latent ${worst.class}`;
  return executions === 0 ? 'nothing run' : `none in ${groupDigits(executions)}`;
}
