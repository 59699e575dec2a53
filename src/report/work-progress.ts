import { timeLeftMs } from '../explore/time-left.js';
import type { Progress } from './progress.js';
import { aboutLeft, atMostLeft } from './time-words.js';

/** How far a piece of work is that is counted, and about how long the rest of it takes. */

/** So many of so many are done. */
export type OnWork = (done: number, of: number) => void;

/** Before that too little is done to tell what is left. */
const TELLING_MS = 1_000;

/**
 * Shows it on the line of progress, beginning now. `of` may be a bound that the work need not come to
 * (`isBound`): what is left is then told as at most that.
 */
export function workProgress(
  progress: Progress,
  words: (done: number, of: number) => string,
  { isBound = false } = {},
): OnWork {
  const begunMs = performance.now();
  const leftWords = isBound ? atMostLeft : aboutLeft;
  return (done, of) =>
    progress.sometimes(() => {
      const elapsedMs = performance.now() - begunMs;
      const leftMs = elapsedMs < TELLING_MS ? undefined : timeLeftMs({ elapsedMs, done, of });
      return words(done, of) + leftWords(leftMs);
    });
}
