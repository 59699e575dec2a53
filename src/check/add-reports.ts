/** The reports of a large recording's parts, added up. */
import { emptyScore, KEEP, type Score } from './board.js';
import type { CheckReport } from './check.js';
import { KIND_NAMES, type Kind } from './kinds.js';

function addedScores(a: Score, b: Score): Score {
  const sum = emptyScore();
  for (const key of Object.keys(sum) as (keyof Score)[]) sum[key] = a[key] + b[key];
  return sum;
}

function addedCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...a };
  for (const [name, number] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + number;
  return sum;
}

/** `a` and `b` of one file, `b` the later part. */
export function added(a: CheckReport, b: CheckReport): CheckReport {
  const kinds = Object.fromEntries(
    KIND_NAMES.map((kind) => [kind, addedScores(a.kinds[kind], b.kinds[kind])]),
  );
  return {
    ...a,
    ...addedScores(a, b),
    backend: b.backend,
    events: a.events + b.events,
    kinds: kinds as Record<Kind, Score>,
    notModelled: addedCounts(a.notModelled, b.notModelled),
    notCompared: [
      ...a.notCompared,
      ...b.notCompared.filter(({ kind }) => a.notCompared.every((left) => left.kind !== kind)),
    ],
    disagreements: [...a.disagreements, ...b.disagreements].slice(0, KEEP),
    races: [...a.races, ...b.races].slice(0, KEEP),
    contradictions: [...a.contradictions, ...b.contradictions].slice(0, KEEP),
    contradicted: addedCounts(a.contradicted, b.contradicted),
    uncounted: [...a.uncounted, ...b.uncounted].slice(0, KEEP),
  };
}
