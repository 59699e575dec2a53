/** Lengths of time for people who wait. */

/** `9 s`, `4 min 20 s`, `2 h 5 min`. */
export function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return withRest(minutes, 'min', seconds % 60, 's');
  return withRest(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function withRest(whole: number, unit: string, rest: number, smaller: string): string {
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${smaller}`;
}

/** What a limit leaves, to stand behind other words; nothing where there is none. */
export function atMostLeft(leftMs: number | undefined): string {
  return leftMs === undefined ? '' : `, at most ${durationWords(leftMs)} left`;
}

/** The same of an estimate. */
export function aboutLeft(leftMs: number | undefined): string {
  return leftMs === undefined ? '' : `, about ${durationWords(leftMs)} left`;
}
