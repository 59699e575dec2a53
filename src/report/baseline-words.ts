import type { Verdict } from '../explore/api.js';
import type { BaselineEntry } from '../findings/baseline.js';
import { visible } from './escape.js';
import { metKnown } from './hunt-words.js';
import type { HuntBaseline } from './reporters/hunt-report.js';
import { count } from './text-columns.js';

/** Entries not seen that are named one by one. */
const NAMED_MAX = 20;

/** What the hunts have to say of the baseline, as lines. */
export function baselineLines(
  { file, by, notSeen, causeless, added, isUpdated }: HuntBaseline,
  verdicts: readonly Verdict[],
): string[] {
  const met = verdicts.flatMap(metKnown);
  const elsewhere = met.filter(({ knownFrom }) => knownFrom !== undefined).length;
  const parts = [
    `${count(met.length, 'known violation')} met`,
    ...(by === 'cause' ? [`${elsewhere} by the cause of another scenario's entry`] : []),
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
    ...causelessLines(causeless),
  ];
}

/** Entries that were to hold by cause and cannot; of an old one it can be mended. */
function causelessLines(causeless: readonly BaselineEntry[]): string[] {
  const old = causeless.filter(({ namedCause }) => namedCause === undefined).length;
  const ownOnly = (entries: number): string =>
    `  ${count(entries, 'entry holds', 'entries hold')} in the own scenario only: `;
  const withoutCause =
    'without the cause as data, of an older shootdown; --update-baseline adds it where it is met again';
  const withoutName = 'the cause has no name, only its outcome is known';
  const unnamed = causeless.length - old;
  return [
    ...(old === 0 ? [] : [ownOnly(old) + withoutCause]),
    ...(unnamed === 0 ? [] : [ownOnly(unnamed) + withoutName]),
  ];
}
