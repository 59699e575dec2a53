/** The verdict of a whole verification, from the parts of its shards. */

import type { Finding } from '../../vocabulary/finding.js';
import type { VerifyVerdict } from '../api.js';
import { type PartVerdict, subjectKey, type VerifyBlob, type VerifyPart } from './blob.js';

export interface VerifyTotal {
  readonly verdict: VerifyVerdict;
  readonly witness: Finding | null;
}

/** One for each subject that any shard has come to, in the order of the search. */
export function totalsOf({ search, parts }: VerifyBlob): VerifyTotal[] {
  return search.subjects.flatMap((subject) => {
    const key = subjectKey(subject);
    const own = parts.filter(({ verdict }) => subjectKey(verdict) === key);
    return own.length === 0 ? [] : [totalOf(own, search.shards)];
  });
}

/** Subjects that no shard has come to. */
export function notReached({ search, parts }: VerifyBlob): string[] {
  const reached = new Set(parts.map(({ verdict }) => subjectKey(verdict)));
  return search.subjects.flatMap((subject) =>
    reached.has(subjectKey(subject)) ? [] : [`${subject.variant} in ${subject.scenario}`],
  );
}

/**
 * The states that are shared out lead to all others, and each shard looks at all that its own lead to. So
 * where every shard is done all states were looked at; and since each finds the shortest witness that goes
 * through its own states, the shortest of those is the shortest of all.
 */
function totalOf(parts: readonly VerifyPart[], of: number): VerifyTotal {
  const verdicts = parts.map(({ verdict }) => verdict);
  const there = new Set(verdicts.map(({ shard }) => shard.index));
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter((n) => !there.has(n));
  const best = bestOf(parts);
  // One that had nothing to share out has looked at everything.
  const whole = verdicts.find(({ shard, ended }) => shard.split === null && ended === null);
  const isDone =
    whole !== undefined || (missing.length === 0 && verdicts.every(({ shard }) => shard.complete));
  const isCut = verdicts.some(({ shard }) => shard.isCut);
  const [first] = verdicts;
  const { variant, program, scenario, memory, bounds, reductions } = first;
  const sum = (field: 'states' | 'expanded' | 'transitions' | 'seconds'): number =>
    verdicts.reduce((all, verdict) => all + verdict[field], 0);
  const most = (field: 'depth' | 'peakMemoryBytes'): number =>
    Math.max(...verdicts.map((verdict) => verdict[field]));
  const isDecided = isDone || best !== null;
  const verdict: VerifyVerdict = {
    ...{ variant, program, scenario, memory, bounds, reductions },
    complete: best === null && isDone && !isCut,
    completeWithinSwitches: best === null && isDone && isCut,
    withinSteps: withinStepsOf(verdicts, missing.length > 0),
    ended: isDecided ? null : (verdicts.find(({ ended }) => ended !== null)?.ended ?? null),
    violation: best?.verdict.violation ?? null,
    message: best?.verdict.message ?? null,
    isShortest: best === null ? first.isShortest : isShortest(best, verdicts, missing.length > 0),
    latent: latentOf(verdicts),
    states: sum('states'),
    expanded: sum('expanded'),
    transitions: sum('transitions'),
    depth: best?.verdict.depth ?? most('depth'),
    seconds: sum('seconds'),
    peakMemoryBytes: most('peakMemoryBytes'),
    finding: null,
    merged: { of, missing },
  };
  return { verdict, witness: best?.witness ?? null };
}

/**
 * A livelock is looked for where nothing else is wrong: it is the verdict where no shard has anything else.
 */
function bestOf(parts: readonly VerifyPart[]): VerifyPart | null {
  const [best = null] = parts
    .filter(({ verdict }) => verdict.violation !== null)
    .sort(
      ({ verdict: a }, { verdict: b }) =>
        Number(a.violation === 'livelock') - Number(b.violation === 'livelock') ||
        a.depth - b.depth ||
        a.shard.index - b.shard.index,
    );
  return best;
}

/** Whether no shard may have a shorter one, or had one that it did not come to. */
function isShortest(
  { verdict: best }: VerifyPart,
  verdicts: readonly PartVerdict[],
  isMissing: boolean,
): boolean {
  if (best.shard.split === null) return best.isShortest;
  if (isMissing || best.violation === 'livelock') return false;
  return verdicts.every(
    ({ violation, shard, withinSteps }) =>
      violation !== null || shard.complete || withinSteps >= best.depth - 1,
  );
}

/** Every execution of up to so many steps was looked at, by some shard. */
function withinStepsOf(verdicts: readonly PartVerdict[], isMissing: boolean): number {
  const open = verdicts.filter(({ shard }) => !shard.complete);
  if (open.length === 0 && !isMissing) return Math.max(...verdicts.map(({ withinSteps }) => withinSteps));
  const least = Math.min(...open.map(({ withinSteps }) => withinSteps));
  // Of a shard that is missing that much is known all the same: all explore what comes before.
  const before = Math.max(0, ...verdicts.map(({ shard }) => (shard.split?.depth ?? 1) - 1));
  return isMissing ? Math.min(least, before) : least;
}

function latentOf(verdicts: readonly PartVerdict[]): VerifyVerdict['latent'] {
  const first = new Map<string, VerifyVerdict['latent'][number]>();
  for (const { latent } of verdicts)
    for (const each of latent) if (!first.has(each.class)) first.set(each.class, each);
  return [...first.values()].sort((a, b) => (a.class < b.class ? -1 : 1));
}
