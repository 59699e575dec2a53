import { findVariant } from '../variants/index.js';
import { misfit } from '../variants/misfit.js';
import type { Scenario } from '../vocabulary/scenario.js';
import type { Study } from './study.js';

/**
 * A study that shows each scenario by itself: its rows once more for each, in a group of their own. A row
 * whose kernel silicon or scenario rules out stands there with the reason.
 */
export function spreadOver(study: Study, scenarios: readonly Scenario[]): Study {
  if (study.isPerScenario !== true) return study;
  return {
    ...study,
    groups: scenarios.map(({ name, summary }) => ({ name, heading: `${name}: ${summary}` })),
    rows: scenarios.flatMap((scenario) =>
      study.rows.map((row) => {
        const variant = findVariant(row.variant);
        const reason = variant === undefined ? null : misfit(variant, scenario);
        const own = { ...row, group: scenario.name, scenarios: [scenario] };
        return reason === null ? own : { ...own, senseless: reason };
      }),
    ),
  };
}
