/**
 * Blobs of one study together. The parts stay apart, and a row that ran with one seed in several blobs is one
 * part, so that it does not matter in which order, in which groups or how often blobs are merged.
 */

import { requireOneOrigin } from '../../findings/blob-envelope.js';
import { InputError } from '../../vocabulary/errors.js';
import { type BlobRow, rowKey, type SharedStudy, type StudyBlob, type StudyPart, studyBlob } from './blob.js';

/** A blob, and the file that it was read from, for errors. */
export interface NamedStudyBlob {
  readonly file: string;
  readonly blob: StudyBlob;
}

const FIELDS = {
  shootdown: 'shootdown',
  name: 'study',
  memory: 'memory model',
  strategies: 'strategies',
  scenarios: 'scenarios',
  executions: '--executions',
  count: '--count',
} as const satisfies Record<keyof SharedStudy, string>;

/** All rows and parts, each once. Throws InputError for blobs of two, and for rows that are not the same. */
export function unionOfStudyBlobs(blobs: readonly NamedStudyBlob[]): StudyBlob {
  const [first, ...others] = blobs;
  for (const { file, blob } of others)
    requireOneOrigin(FIELDS, { file: first.file, of: first.blob.study }, { file, of: blob.study }, 'studies');
  const rows = rowsOf(blobs);
  const places = new Map(rows.map((row, index) => [rowKey(row), index]));
  const parts = new Map<string, StudyPart>();
  for (const part of blobs.flatMap(({ blob }) => blob.parts)) {
    const key = JSON.stringify([rowKey(part), part.seed]);
    const known = parts.get(key);
    if (known === undefined || isFurther(part, known)) parts.set(key, part);
  }
  const rank = (part: StudyPart): number => places.get(rowKey(part)) ?? 0;
  const { shootdown, ...study } = first.blob.study;
  return studyBlob(
    study,
    {
      rows,
      notes: [...new Set(blobs.flatMap(({ blob }) => blob.notes))].sort(),
      parts: [...parts.values()].sort((a, b) => rank(a) - rank(b) || a.seed - b.seed),
    },
    shootdown,
  );
}

/** In the order of the study. */
function rowsOf(blobs: readonly NamedStudyBlob[]): BlobRow[] {
  const rows = new Map<string, { readonly row: BlobRow; readonly file: string }>();
  for (const { file, blob } of blobs)
    for (const row of blob.rows) {
      const known = rows.get(rowKey(row));
      if (known === undefined) rows.set(rowKey(row), { row, file });
      else if (JSON.stringify(known.row) !== JSON.stringify(row))
        throw new InputError(
          `${known.file} and ${file}: ${row.group} ${row.variant}: is not the same row of the study`,
          'merge those of one',
        );
    }
  return [...rows.values()].map(({ row }) => row).sort(byPlace);
}

function byPlace(a: BlobRow, b: BlobRow): number {
  return a.at[0] - b.at[0] || byUnits(a.group, b.group) || a.at[1] - b.at[1] || byUnits(a.variant, b.variant);
}

/** By UTF-16 units, the same everywhere. */
function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The one that was hunted and counted further; a total order. */
function isFurther(part: StudyPart, known: StudyPart): boolean {
  const done = ({ did, pairs }: StudyPart): number[] => [did?.executions ?? 0, pairs?.pairs ?? 0];
  const [a, b] = [done(part), done(known)];
  if (a[0] !== b[0]) return a[0] > b[0];
  if (a[1] !== b[1]) return a[1] > b[1];
  return JSON.stringify(part) < JSON.stringify(known);
}
