import { v0 } from '../rules/v0-do-nothing.js';
import { findVariant, type Variant } from '../variants/index.js';
import { InputError } from '../vocabulary/errors.js';
import type { Study, StudyGroup, StudyRow } from './study.js';

/**
 * A study asked of users' variants: a row for each, grouped by backend, beside the baseline of that backend
 * where the study has one, else alone. `beside`: the study's own rows stay, to choose from. Throws InputError
 * for a study whose rows are made for what it counts.
 */
export function withOwnRows(
  study: Study,
  names: readonly string[],
  beside: boolean,
  own: readonly Variant[],
): Study {
  if (names.length === 0) return study;
  if (study.rows.every(({ scenarios }) => scenarios !== undefined))
    throw new InputError(`${study.name} has rows of its own, made for what it counts`, 'it takes no module');
  const groups: StudyGroup[] = [];
  const rows: StudyRow[] = [];
  for (const name of names) {
    const variant = findVariant(name, own);
    if (variant === undefined) throw new InputError(`there is no variant "${name}" in the modules given`);
    const { backend } = variant;
    const baseline = `${backend.name}/${v0.name}`;
    const isKnown = findVariant(baseline) !== undefined;
    if (!groups.some((group) => group.name === backend.name)) {
      groups.push({ name: backend.name, heading: `${backend.name}: ${backend.summary}` });
      if (isKnown) rows.push({ group: backend.name, variant: baseline, label: v0.name, baseline: null });
    }
    rows.push({
      group: backend.name,
      variant: name,
      label: name,
      summary: variant.summary,
      baseline: isKnown ? baseline : null,
    });
  }
  if (beside) {
    for (const group of study.groups) if (!groups.some(({ name }) => name === group.name)) groups.push(group);
    for (const row of study.rows)
      if (!rows.some(({ group, variant }) => group === row.group && variant === row.variant)) rows.push(row);
  }
  const order = groups.map(({ name }) => name);
  rows.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
  return { ...study, groups, rows };
}
