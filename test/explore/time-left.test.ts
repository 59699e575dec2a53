import { expect, it } from 'vitest';
import { timeLeftMs } from '../../src/explore/time-left.js';

it.each([
  ['of a time limit', { elapsedMs: 4_000, budgetMs: 10_000, done: 7 }, 6_000],
  ['of a number of executions', { elapsedMs: 4_000, done: 100, of: 300 }, 8_000],
  ['of whichever comes first', { elapsedMs: 4_000, budgetMs: 10_000, done: 100, of: 300 }, 6_000],
  ['of what is overdue', { elapsedMs: 11_000, budgetMs: 10_000, done: 7 }, 0],
  ['of a number of which none is done', { elapsedMs: 4_000, done: 0, of: 300 }, undefined],
  ['without a limit', { elapsedMs: 4_000, done: 7 }, undefined],
])('the time left %s', (_, limited, left) => {
  expect(timeLeftMs(limited)).toBe(left);
});
