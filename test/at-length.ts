/**
 * Where a test could check hundreds of the same kind, it checks a part of them, the same part each time, and
 * other ones of each kind. `npx tsx bench/at-length.ts` has such tests check all.
 */

/** What the bench sets. */
export const AT_LENGTH = 'SHOOTDOWN_TESTS_AT_LENGTH';
export const isAtLength: boolean = process.env[AT_LENGTH] !== undefined;

/** Every `step`-th; which ones `turn` says, so that kinds that have much in common share the places. */
export function partOf<T>(all: readonly T[], step: number, turn = 0): readonly T[] {
  return isAtLength ? all : all.filter((_, at) => (at + turn) % step === 0);
}
