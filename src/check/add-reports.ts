/** The reports of a large recording's parts, added up. */
import { added, KEEP } from './board.js';
import type { CheckReport } from './check-recording.js';
import { KIND_NAMES } from './kinds.js';

/** `a` and `b` of one file, `b` the later part. */
export function addedReports(a: CheckReport, b: CheckReport): CheckReport {
  const scores = KIND_NAMES.map((kind) => [kind, added(a.kinds[kind], b.kinds[kind])] as const);
  const isNew = ({ kind }: CheckReport['notCompared'][number]): boolean =>
    a.notCompared.every((left) => left.kind !== kind);
  const kept = (list: 'disagreements' | 'races' | 'contradictions' | 'uncounted') =>
    [...a[list], ...b[list]].slice(0, KEEP);
  const score = ({ agreed, raced, disagreed, learnt }: CheckReport) => ({ agreed, raced, disagreed, learnt });
  return {
    ...a,
    ...added(score(a), score(b)),
    backend: b.backend,
    events: a.events + b.events,
    kinds: Object.fromEntries(scores) as CheckReport['kinds'],
    notModelled: added(a.notModelled, b.notModelled),
    notCompared: [...a.notCompared, ...b.notCompared.filter(isNew)],
    disagreements: kept('disagreements'),
    races: kept('races'),
    contradictions: kept('contradictions'),
    contradicted: added(a.contradicted, b.contradicted),
    uncounted: kept('uncounted'),
  };
}
