import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { comparisonProgress } from '../../../../src/cli/commands/compare/comparison-progress.js';
import { Progress } from '../../../../src/report/progress.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (variant: string, executions: number) => ({
  ...{ variant, executions, steps: 0, elapsedMs: 1_000, scenario: 'lazy' },
});

it('estimates what is left of both hunts and of the counts after them', () => {
  const lines: string[] = [];
  const progress = new Progress({ write: (text: string) => lines.push(text), columns: 200 }, true);
  const limits = { base: 'b', executions: 100, budgetMs: undefined };
  const { onProgress, onRound } = comparisonProgress(progress, limits);
  const [counted] = [comparisonProgress(progress, { ...limits, count: 50 })];
  vi.advanceTimersByTime(10_000);
  onProgress(at('b', 50));
  vi.advanceTimersByTime(10_000);
  onProgress(at('p', 50));
  vi.advanceTimersByTime(20_000);
  onRound(50);
  vi.advanceTimersByTime(20_000);
  counted.onRound(25);
  const left = lines.map((line) => /about .* left/.exec(line)?.[0]);
  expect(left).toEqual(['about 1 min 10 s left', 'about 33 s left', 'about 13 s left', 'about 12 s left']);
  expect(lines[2]).toBe('50 pairs counted, about 13 s left');
});

it('goes by the time where that is what limits it', () => {
  const lines: string[] = [];
  const progress = new Progress({ write: (text: string) => lines.push(text), columns: 200 }, true);
  const { onProgress, onRound } = comparisonProgress(progress, { base: 'b', budgetMs: 60_000 });
  vi.advanceTimersByTime(15_000);
  onProgress(at('b', 50));
  vi.advanceTimersByTime(30_000);
  onRound(330);
  expect(lines.map((line) => /about .* left/.exec(line)?.[0])).toEqual([
    'about 45 s left',
    'about 15 s left',
  ]);
});
