import { expect, it } from 'vitest';
import { Progress } from '../../src/report/progress.js';
import { durationWords } from '../../src/report/time-words.js';

const AT = { variant: 'b1', executions: 12_345, steps: 2_000_000, elapsedMs: 30_000, scenario: 'lazy' };

function drawn(draw: (progress: Progress) => void, isEnabled = true): string[] {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text), columns: 200 };
  draw(new Progress(stream, isEnabled));
  return lines;
}

it('says how far a hunt is, how fast, and what its limits leave', () => {
  expect(drawn((progress) => progress.update({ ...AT, leftMs: 260_000 }))).toEqual([
    'b1: 12,345 executions, 412/s (67 k steps/s), 30 s, at most 4 min 20 s left, lazy',
  ]);
  expect(drawn((progress) => progress.update(AT, '2 of 5; '))).toEqual([
    '2 of 5; b1: 12,345 executions, 412/s (67 k steps/s), 30 s, lazy',
  ]);
});

it('says nothing where nobody looks, and at most ten times a second', () => {
  expect(drawn((progress) => progress.update(AT), false)).toEqual([]);
  expect(
    drawn((progress) => {
      progress.update(AT);
      progress.update(AT);
    }),
  ).toHaveLength(1);
});

it.each([
  [400, '0 s'],
  [59_400, '59 s'],
  [59_600, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
])('%i ms are %s', (ms, words) => {
  expect(durationWords(ms)).toBe(words);
});
