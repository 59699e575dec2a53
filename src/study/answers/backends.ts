import { broadcasts, costOf, hypercalls, ipis } from '../columns/backends.js';
import { levelText } from '../difference-text.js';
import type { RowResult } from '../study.js';
import { grouped } from './answer-words.js';

/** What each backend reaches other CPUs by, the scenarios beside each other, made of the rows alone. */
export function backendsAnswer(results: readonly RowResult[]): string[] {
  const ran = results.filter(({ counts }) => counts !== null);
  return [...grouped(ran, ({ row }) => row.label)].map(([label, rows]) => {
    const span = (cost: Parameters<typeof costOf>[0], word: string): string[] => {
      const values = rows.map((row) => costOf(cost, row) ?? 0);
      const [low, high] = [Math.min(...values), Math.max(...values)].map(levelText);
      if (high === levelText(0)) return [];
      return [low === high ? `${low} ${word}` : `${low} to ${high} ${word}`];
    };
    const parts = [
      ...span(ipis, 'IPIs'),
      ...span(hypercalls, 'hypercalls'),
      ...span(broadcasts, 'broadcasts'),
    ];
    const by = parts.length === 0 ? 'nothing that reaches another CPU' : parts.join(', ');
    return `${label}: ${by} per 1,000 operations.`;
  });
}
