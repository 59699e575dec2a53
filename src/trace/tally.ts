/**
 * What an import did with what it found: counts by treatment and by name, and the lines that say it.
 */
import { escapeText } from './trace-error.js';

/** A finding's schema allows notes of 2,000 characters. */
const NOTE_LIMIT = 1_000;

export interface Tally {
  readonly modelled: Record<string, number>;
  readonly approximated: Record<string, number>;
  readonly ignored: Record<string, number>;
}

/** What an import did with a window. */
export interface ImportTally extends Tally {
  /** Recorded steps left out because they change nothing. */
  readonly dropped: Record<string, number>;
  /** Steps that the window does not have; added accesses are not counted. */
  readonly added: Record<string, number>;
  /** What unmaps do to page tables, and what they were recorded to do. */
  readonly tables: Record<string, number>;
}

/** Names come from files, so the groups have no prototype to collide with. */
const group = (): Record<string, number> => Object.create(null) as Record<string, number>;

export function emptyTally(): Tally {
  return { modelled: group(), approximated: group(), ignored: group() };
}

export function emptyImportTally(): ImportTally {
  return { ...emptyTally(), dropped: group(), added: group(), tables: group() };
}

export function count(counts: Record<string, number>, label: string, by = 1): void {
  counts[label] = (counts[label] ?? 0) + by;
}

/** `9 munmap, 2 fork`, most first; names from the file are escaped. */
export function listCounts(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1));
  return entries.length === 0
    ? 'nothing'
    : entries.map(([name, number]) => `${number} ${escapeText(name)}`).join(', ');
}

/** The notes that a scenario carries into its verdict. */
export function tallyNotes(tally: ImportTally): string[] {
  const line = (text: string): string =>
    text.length <= NOTE_LIMIT ? text : `${text.slice(0, NOTE_LIMIT - 3)}...`;
  return [
    line(`modelled: ${listCounts(tally.modelled)}`),
    line(`approximated as MADV_DONTNEED: ${listCounts(tally.approximated)}`),
    line(`not modelled: ${listCounts(tally.ignored)}`),
    line(`page tables: ${listCounts(tally.tables)}`),
    line(`added, besides accesses: ${listCounts(tally.added)}`),
    line(`left out, since nothing follows from it: ${listCounts(tally.dropped)}`),
  ];
}
