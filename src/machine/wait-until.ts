import type { Cpu } from './cpu.js';
import type { Protocol } from './protocol.js';

/**
 * Waits until what several words hold together is enough: reads them, one after the other, and as long as
 * `isEnough` says no, waits until one of them is no longer what was read, and reads again. A loop that reads
 * on while nothing changes goes through the same states, so no execution is lost; but an execution stays
 * bounded, and of a CPU that waits for ever is told which words it waits for.
 *
 * The reads are one operation each: words that change in between may be read at two times, as a loop of one's
 * own would.
 *
 * @param words addresses of 1 to 64 words
 * @param isEnough of the values, in the order of `words`; looks at nothing else
 * @returns the values that were enough
 */
export function* waitUntil(
  cpu: Cpu,
  words: readonly number[],
  isEnough: (...values: number[]) => boolean,
): Protocol<readonly number[]> {
  for (;;) {
    let seen: readonly number[] = [];
    for (let i = 0; i < words.length; i++) {
      const value = yield* cpu.readOnce(words[i]);
      // A new one: who looks at all executions goes back to where the old one was.
      seen = [...seen, value];
    }
    if (isEnough(...seen)) return seen;
    yield* cpu.waitForChange(words, seen);
  }
}
