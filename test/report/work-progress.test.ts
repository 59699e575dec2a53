import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Progress } from '../../src/report/progress.js';
import { workProgress } from '../../src/report/work-progress.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function shown(isBound: boolean, at: readonly (readonly [ms: number, done: number])[]): string[] {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text), columns: 0 };
  const onWork = workProgress(new Progress(stream, true), (done, of) => `${done} of ${of} done`, { isBound });
  for (const [ms, done] of at) {
    vi.advanceTimersByTime(ms);
    onWork(done, 8);
  }
  return lines;
}

it('estimates what is left by what is done, and not before a second of it', () => {
  const at = [
    [0, 0],
    [500, 1],
    [50, 2],
    [1_450, 2],
    [4_000, 6],
  ] as const;
  // The third comes too soon after the second; the stream that has no columns is one that does not know them.
  const words = ['0 of 8 done', '1 of 8 done', '2 of 8 done', '6 of 8 done'];
  expect(shown(false, at)).toEqual([
    ...words.slice(0, 2),
    '2 of 8 done, about 6 s left',
    `${words[3]}, about 2 s left`,
  ]);
  expect(shown(true, at).at(-1)).toBe(`${words[3]}, at most 2 s left`);
});
