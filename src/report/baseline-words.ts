import type { Verdict } from '../explore/api.js';
import { visible } from './escape.js';
import { metKnown } from './hunt-words.js';
import type { HuntBaseline } from './reporters/hunt-report.js';
import { count } from './text-columns.js';

/** Entries not seen that are named one by one. */
const NAMED_MAX = 20;

/** What the hunts have to say of the baseline, as lines. */
export function baselineLines(
  { file, notSeen, added, isUpdated }: HuntBaseline,
  verdicts: readonly Verdict[],
): string[] {
  const known = verdicts.reduce((sum, verdict) => sum + metKnown(verdict).length, 0);
  const parts = [
    `${count(known, 'known violation')} met`,
    ...(isUpdated ? [`${count(added, 'new one')} added`] : []),
    ...(notSeen.length > 0
      ? [`${count(notSeen.length, 'entry was', 'entries were')} not seen in these executions:`]
      : []),
  ];
  const named = notSeen
    .slice(0, NAMED_MAX)
    .map(
      ({ variant, memory, scenario, class: name, cause }) =>
        `  ${visible(`${variant} (${memory}): ${name} in ${scenario}: ${cause}`)}`,
    );
  const left = notSeen.length - named.length;
  return [
    `baseline ${visible(file)}: ${parts.join(', ')}`,
    ...named,
    ...(left > 0 ? [`  and ${left} more`] : []),
  ];
}
