/** How long a search may still take, by what limits it. */

/** What is done of what; a limit that is absent is none. */
export interface Limited {
  readonly elapsedMs: number;
  readonly budgetMs?: number;
  readonly done: number;
  readonly of?: number;
}

/** Milliseconds at most; undefined where nothing limits it, or too little is done to tell. */
export function timeLeftMs({ elapsedMs, budgetMs, done, of }: Limited): number | undefined {
  const ofTime = budgetMs === undefined ? Number.POSITIVE_INFINITY : budgetMs - elapsedMs;
  const ofWork = of === undefined || done === 0 ? Number.POSITIVE_INFINITY : ((of - done) * elapsedMs) / done;
  const left = Math.max(0, Math.min(ofTime, ofWork));
  return Number.isFinite(left) ? left : undefined;
}
