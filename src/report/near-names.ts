/** Names that users type: near ones are offered where there is no such name. */

import { distance } from 'fastest-levenshtein';
import { InputError } from '../vocabulary/errors.js';
import { shorten } from './text-columns.js';

const NEAR_MAX = 5;
/** A list this short is given whole where nothing is near. */
const SHORT_LIST = 8;
/** Longer input is no misspelt name; comparing it would only cost time. */
const COMPARED_LENGTH_MAX = 80;

/** The candidates that `name` may have meant, nearest first. */
export function nearNames(name: string, candidates: readonly string[]): string[] {
  if (name.length > COMPARED_LENGTH_MAX) return [];
  const typed = name.toLowerCase();
  const scored = candidates.map((candidate) => {
    const known = candidate.toLowerCase();
    const isPart = typed.length >= 2 && (known.includes(typed) || typed.includes(known));
    const edits = distance(typed, known);
    return {
      candidate,
      score: isPart ? Math.min(edits, 1) : edits,
      limit: isPart ? 1 : Math.max(1, Math.floor(known.length / 3)),
    };
  });
  return scored
    .filter(({ score, limit }) => score <= limit)
    .sort(
      (a, b) =>
        a.score - b.score || a.candidate.length - b.candidate.length || (a.candidate < b.candidate ? -1 : 1),
    )
    .slice(0, NEAR_MAX)
    .map(({ candidate }) => candidate);
}

/** The error for a name that is none: what, the near ones, where to see all of them. */
export function unknownName(
  kind: string,
  name: string,
  candidates: readonly string[],
  listing: string,
): InputError {
  const near = nearNames(name, candidates);
  const known = near.length > 0 ? near : candidates.length <= SHORT_LIST ? candidates : [];
  const offer =
    known.length === 0 ? '' : `; ${near.length > 0 ? 'near' : 'known'} names: ${known.join(', ')}`;
  return new InputError(
    `unknown ${kind} "${shorten(name, 60)}"${offer}`,
    `"shootdown list ${listing}" shows all`,
  );
}
