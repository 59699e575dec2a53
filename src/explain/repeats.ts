import { describe } from './describe.js';
import type { Fact } from './fact.js';
import type { Names } from './names.js';
import type { RawStep } from './raw-step.js';

/** What a CPU does over and over at the end of an execution that makes no progress. */

/** Longer rounds are not looked for. */
const PERIOD_MAX = 200;
/** A round counts when it stands so often at the end. */
const ROUNDS_MIN = 3;
/** Steps of a round that are told. */
const TOLD_MAX = 6;

/** A round for each of the CPUs that has one. */
export function repeats(steps: readonly RawStep[], cpus: ReadonlySet<number>, names: Names): Fact[] {
  return [...cpus].flatMap((cpu) => {
    const own = steps.filter((step) => step.cpu === cpu);
    const same = periodOf(own, isSame) === null ? isSameOperation : isSame;
    const period = periodOf(own, same);
    if (period === null) return [];
    const index = beginOf(own, period, same);
    const begin = own[index];
    // Of a long execution the end is recorded: a round that stands where that begins may be older.
    const isOlder = index === 0 && steps[0].step > 0;
    const round = own.slice(-period);
    const told = round.slice(0, TOLD_MAX).map((step) => describe(step, names, false));
    const more = period > told.length ? `, and ${period - told.length} more` : '';
    const count = period === 1 ? 'one step' : `${period} steps`;
    const since = isOlder ? `since before step ${begin.step}` : `from step ${begin.step} on`;
    const words = `CPU${cpu} repeats ${count} ${since} (${told.join(', ')}${more})`;
    const why = isOlder
      ? `CPU${cpu} repeats ${count} since before`
      : `from here on CPU${cpu} repeats ${count}`;
    return [{ words, marks: [{ step: begin, why }], detail: null }];
  });
}

/** Steps of the shortest round that stands at the end; null: there is none. */
function periodOf(own: readonly RawStep[], same: typeof isSame): number | null {
  const most = Math.min(PERIOD_MAX, Math.floor(own.length / ROUNDS_MIN));
  for (let period = 1; period <= most; period++) {
    const from = own.length - period * (ROUNDS_MIN - 1);
    let isRound = true;
    for (let index = from; isRound && index < own.length; index++)
      isRound = same(own[index], own[index - period]);
    if (isRound) return period;
  }
  return null;
}

/** Where the first of these rounds begins. */
function beginOf(own: readonly RawStep[], period: number, same: typeof isSame): number {
  let index = own.length - period;
  while (index > 0 && same(own[index - 1], own[index - 1 + period])) index--;
  return index;
}

/** Whether the CPU does the same, and sees the same. */
function isSame(one: RawStep, other: RawStep): boolean {
  return (
    isSameOperation(one, other) &&
    one.b === other.b &&
    one.c === other.c &&
    one.d === other.d &&
    one.value === other.value
  );
}

/** Whether the CPU does the same; what it sees, and stores on that, may count on. */
function isSameOperation(one: RawStep, other: RawStep): boolean {
  return one.agent === other.agent && one.kind === other.kind && one.a === other.a;
}
