import { setImmediate } from 'node:timers/promises';

/**
 * The answer of `work`, once what it began and rejected has been noticed: nobody would hear of it after the
 * answer, when its thread may be ended or told to run something else.
 */
export async function settled<T>(work: () => T): Promise<T> {
  const answer = work();
  await setImmediate();
  return answer;
}
