/** Durations as people write them. */

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** A week. */
const DURATION_MS_MAX = 7 * 24 * 3_600_000;

export const DURATION_WORDS = `a duration from 1ms to ${DURATION_MS_MAX / UNIT_MS.h}h`;

/** `500ms`, `30s`, `1.5m`, `2h`; a plain number is seconds. In milliseconds; null for what is none. */
export function durationMs(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)?$/.exec(text);
  const ms = match === null ? Number.NaN : Math.round(Number(match[1]) * UNIT_MS[match[2] ?? 's']);
  return ms >= 1 && ms <= DURATION_MS_MAX ? ms : null;
}
