import type { RowResult } from '../study.js';
import { grouped } from './answer-words.js';

/** What overlaps, made of the rows alone: the last row of a group against its baseline. */
export function concurrentFlushAnswer(results: readonly RowResult[]): string[] {
  const pairs = [...grouped(results, ({ row }) => row.group).values()].flatMap((rows) => {
    const [before, after] = [rows[0]?.rounds, rows.at(-1)?.rounds];
    return before == null || after == null || rows.length < 2 ? [] : [{ before, after }];
  });
  if (pairs.length === 0) return [];
  const shares = pairs.map(({ after }) =>
    after.local.mean === 0 ? 0 : Math.round((100 * after.overlap.mean) / after.local.mean),
  );
  const overlapsBefore = Math.max(...pairs.map(({ before }) => before.overlap.max));
  const saved = pairs.map(({ before, after }) => before.rounds.mean - after.rounds.mean);
  return [
    `Local first, then remote: at most ${overlapsBefore} rounds in which both went on. Both at once: ` +
      `${range(shares, 0)} % of the local flush goes on while a target is in its handler.`,
    `From 5.10 to both at once a shootdown becomes shorter by ${range(saved, 1)} rounds, mean of each ` +
      'row; the middle row of a group tells what is due to other changes.',
    'A round is one step of every CPU: an INVLPG counts as much as a load, and an interrupt that is ' +
      'sent is delivered in the next round.',
  ];
}

function range(values: readonly number[], digits: number): string {
  const [least, most] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
  return least === most ? least : `${least} to ${most}`;
}
