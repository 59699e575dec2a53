/** Decisions in an address: how many of the recorded ones are kept, and those behind them. */

import { HAND_STEPS_MAX } from '../../../src/by-hand/limits.js';
import { decodeSchedule, encodeSchedule } from '../../../src/drive/schedule.js';

export interface HandPlace {
  /** Of the recorded decisions, from the first on. */
  readonly kept: number;
  /** Those in the place of the others, as schedules write them: `0*12 1b =3`. */
  readonly entries: string;
}

/** Decisions are text that anybody can write: null where they are none. */
export function decisionsOf(recorded: readonly number[], { kept, entries }: HandPlace): number[] | null {
  try {
    const own = decodeSchedule(entries.split(' ').filter((entry) => entry !== ''));
    const all = [...recorded.slice(0, kept), ...own];
    // Each step may have asked for choices.
    return all.length > 3 * HAND_STEPS_MAX ? null : all;
  } catch {
    return null;
  }
}

/** The shortest that says the same; null: they are the recorded ones, if there are any. */
export function placeOfDecisions(
  recorded: readonly number[],
  decisions: readonly number[],
): HandPlace | null {
  let kept = 0;
  while (kept < recorded.length && recorded[kept] === decisions[kept]) kept++;
  if (kept === recorded.length && kept === decisions.length && kept > 0) return null;
  return { kept, entries: encodeSchedule(decisions.slice(kept)).join(' ') };
}
