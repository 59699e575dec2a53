import { expect, it } from 'vitest';
import { median, quantile } from '../../bench/statistics.js';

it('medians and quantiles are of what is not sorted, too', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect([0, 1].map((q) => quantile([3, 1, 2], q))).toEqual([1, 3]);
  expect(median([])).toBeNaN();
});
