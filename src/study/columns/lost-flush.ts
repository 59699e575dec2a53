import type { Column, Counts, RowResult } from '../study.js';

/**
 * What becomes of a flush that the host has lost, on the host of B27: the next decision about the slot
 * flushes after all ("healed"), or takes the slot as up to date ("permanent"). Only flushes that left
 * something stale until such a decision are told.
 */
export const lostFlushColumn: Column = {
  key: 'lostHostFlushes',
  title: ['A FLUSH THE', 'HOST LOSES'],
  width: 13,
  legend:
    'A FLUSH THE HOST LOSES (a host with CVE-2019-3016): healed at the next switch, or kept: K of N ' +
    'stayed lost',
  value({ brokenHost }) {
    if (brokenHost === null) return null;
    return { lost: brokenHost.lostHostFlushes, ...settled(brokenHost) };
  },
  text: ({ brokenHost }) => lostFlushText(brokenHost),
};

/** Whether a lost flush was seen to become permanent; null where none was decided about. */
export function isPermanent({ brokenHost }: RowResult): boolean | null {
  if (brokenHost === null) return null;
  const { healed, kept } = settled(brokenHost);
  return healed + kept === 0 ? null : kept > 0;
}

function settled(counts: Counts): { healed: number; kept: number } {
  return { healed: counts.lostFlushesHealed, kept: counts.lostFlushesKept };
}

function lostFlushText(counts: Counts | null): string {
  if (counts === null || counts.lostHostFlushes === 0) return '-';
  const { healed, kept } = settled(counts);
  if (healed + kept === 0) return `undecided: ${counts.lostHostFlushes}`;
  return kept > 0 ? `kept ${kept} of ${healed + kept}` : `healed ${healed} of ${healed}`;
}
