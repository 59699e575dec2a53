import type { Backend } from '../kernel/backend.js';
import { type Rule, senselessOn } from '../rules/rule.js';
import { v0 } from '../rules/v0-do-nothing.js';
import type { StudyGroup, StudyRow } from './study.js';

/**
 * A row per rule and backend, grouped by backend; combinations that make no sense stand there with the
 * reason.
 */
export function ruleRows(
  backends: readonly Backend[],
  rules: readonly Rule[],
): { groups: StudyGroup[]; rows: StudyRow[] } {
  const groups = backends.map(({ name, summary }) => ({ name, heading: `${name}: ${summary}` }));
  const rows = backends.flatMap((backend) =>
    rules.map((rule): StudyRow => {
      const reason = senselessOn(backend, rule);
      return {
        group: backend.name,
        variant: `${backend.name}/${rule.name}`,
        label: rule.name,
        baseline: rule.name === v0.name ? null : `${backend.name}/${v0.name}`,
        ...(reason === null ? {} : { senseless: reason }),
      };
    }),
  );
  return { groups, rows };
}
