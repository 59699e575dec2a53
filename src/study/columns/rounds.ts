import type { RoundsTally, Spread } from '../rounds.js';
import type { Column, RowResult } from '../study.js';

/** Columns of what overlaps in a shootdown: mean, and in brackets the least and the most. */

export const shootdownsColumn: Column = {
  key: 'shootdowns',
  title: ['SHOOT-', 'DOWNS'],
  width: 6,
  align: 'right',
  value: ({ rounds }) => rounds?.shootdowns ?? null,
  text: ({ rounds }) => (rounds === null ? '-' : String(rounds.shootdowns)),
};

function spreadColumn(key: 'rounds' | 'local' | 'handlers' | 'overlap', title: Column['title']): Column {
  return {
    key: `${key}PerShootdown`,
    title,
    width: 13,
    align: 'right',
    value: ({ rounds }) => (rounds === null ? null : { ...rounds[key] }),
    text: ({ rounds }) => (rounds === null ? '-' : spreadText(rounds[key])),
  };
}

export const roundsColumn = spreadColumn('rounds', ['INCREMENT', 'TO RETURN']);
export const localColumn = spreadColumn('local', ['LOCAL', 'FLUSH']);
export const handlersColumn = spreadColumn('handlers', ["TARGETS'", 'HANDLERS']);
export const overlapColumn = spreadColumn('overlap', ['BOTH AT', 'ONCE']);

/** Rounds that a shootdown is shorter than the baseline's, on average. */
export const savedColumn: Column = {
  key: 'roundsSavedPerShootdown',
  title: ['SAVED'],
  width: 6,
  align: 'right',
  value: (result, baseline) => saved(result, baseline),
  text: (result, baseline) => saved(result, baseline)?.toFixed(1) ?? '-',
};

function saved({ rounds }: RowResult, baseline: RowResult | null): number | null {
  const before: RoundsTally | null = baseline?.rounds ?? null;
  return rounds === null || before === null
    ? null
    : Number((before.rounds.mean - rounds.rounds.mean).toFixed(3));
}

function spreadText({ min, mean, max }: Spread): string {
  return min === max ? mean.toFixed(1) : `${mean.toFixed(1)} (${min}..${max})`;
}
