/** What a configuration expected of a subject, in words, and which results are failures. */

import { openFindingsMet } from './hunt-words.js';
import type { Expected, HuntResult } from './reporters/hunt-report.js';
import { resultWords } from './result-words.js';

/** A violation, where nobody says what is expected; else what came otherwise. */
export function isFailure({ verdict, expected }: HuntResult): boolean {
  return expected === undefined ? verdict.violation !== null : !expected.isMet;
}

/** A violation that was to come. Its witness is one like any other; it is no failure. */
export function isAwaited({ verdict, expected }: HuntResult): boolean {
  return verdict.violation !== null && expected?.isMet === true;
}

/** `as expected` or what came instead, in a sentence; null where nobody said what is expected. */
export function expectedWords(result: HuntResult): string | null {
  const { verdict, expected } = result;
  if (expected === undefined) return null;
  const { project, text, isMet } = expected;
  const whose = project === verdict.variant ? project : `${project} (${verdict.variant})`;
  return isMet ? `${whose}: ${text}, as expected` : `${whose}: expected ${text}, came ${cameWords(result)}`;
}

function cameWords(result: HuntResult): string {
  const { verdict } = result;
  const open = openFindingsMet(verdict);
  const met = open.length === 0 ? '' : `, with ${open.join(', ')}`;
  return `${resultWords(result)}${met}${verdict.interrupted ? ', interrupted' : ''}`;
}

/** What else is to be said of a subject: the violations of its base that were gone past. */
export function ofBaseWords({ ofBase = [] }: Expected): string[] {
  return ofBase.map(
    ({ variant, class: name, scenario, cause }) =>
      `${variant} has this too: ${name} in ${scenario}: ${cause}`,
  );
}
