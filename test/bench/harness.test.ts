import { describe, expect, it } from 'vitest';
import { alternate, withRow } from '../../bench/harness.js';
import { ratiosOf } from '../../bench/statistics.js';

const NOW = { date: '2026-11-27', machine: '2 x CPU', commit: 'abc1234' };
const FIGURE = { what: 'one', result: '3 s', command: 'npx tsx bench/one.ts' };
const TABLE =
  '# Results\n\n| what | result | command | date | machine | commit |\n| --- | --- | --- | --- | --- | ' +
  '--- |\n| zero | 0 s | `x` | d | m | c |\n\nAfter.\n';

describe('what benches share', () => {
  it('measures sides in turn, each first as often as the others', async () => {
    const order: string[] = [];
    const side = (name: string, value: number) => (round: number) => {
      order.push(name + round);
      return value + round;
    };
    expect(await alternate(2, { a: side('a', 10), b: side('b', 5) })).toEqual({ a: [10, 11], b: [5, 6] });
    expect(order).toEqual(['a0', 'b0', 'b1', 'a1']);
    expect(ratiosOf([10, 12], [5, 6])).toEqual([2, 2]);
  });

  it('writes a row at the end of the table, and the next time in its place', () => {
    const once = withRow(TABLE, FIGURE, NOW);
    expect(once).toContain(
      '| zero | 0 s | `x` | d | m | c |\n| one | 3 s | `npx tsx bench/one.ts` | 2026-11-27 | 2 x CPU | ' +
        'abc1234 |\n\nAfter.',
    );
    const twice = withRow(once, { ...FIGURE, result: '4 s' }, NOW);
    expect(twice).toBe(once.replace('3 s', '4 s'));
    expect(() => withRow('no table', FIGURE, NOW)).toThrow('RESULTS.md has no table');
  });
});
