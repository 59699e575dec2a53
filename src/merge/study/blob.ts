/**
 * What a study's rows have shown and counted, as a small versioned JSON file that `shootdown merge` adds up
 * with those of other seeds and other groups. A part is a row as it ran with one seed, pair by pair, so that
 * differences and their intervals come from all pairs.
 */

import type { BlobVerdict, BlobWitness } from '../../findings/blob.js';
import { type BlobEnvelope, blobText, isOfFormat, openEnvelope } from '../../findings/blob-envelope.js';
import { brief, checkFinding } from '../../findings/schema.js';
import type { RowResult } from '../../study/study.js';
import { InfrastructureError, InputError } from '../../vocabulary/errors.js';
import { type Finding, findingSubject, type MemoryModel } from '../../vocabulary/finding.js';
import { VERSION } from '../../vocabulary/version.js';
import { ROWS_MAX, studyBlobSchema } from './blob-schema.js';
import type { PackedPairs } from './packed-pairs.js';

const FORMAT = 'shootdown-study-blob';
const FORMAT_VERSION = 1;

export interface StudyBlob {
  readonly format: typeof FORMAT;
  readonly version: typeof FORMAT_VERSION;
  readonly study: SharedStudy;
  /** Rows that were asked for, in the order of the study. */
  readonly rows: readonly BlobRow[];
  /** What the import of a recording left out, a sentence each. */
  readonly notes: readonly string[];
  /** One per row and seed, in the order of the rows, then by seed. */
  readonly parts: readonly StudyPart[];
}

/** What blobs that add up have in common: those that differ here are of two. */
export interface SharedStudy {
  /** Version of shootdown. */
  readonly shootdown: string;
  readonly name: string;
  readonly memory: MemoryModel;
  readonly strategies: readonly string[];
  /** Names of those that rows without their own run in. */
  readonly scenarios: readonly string[];
  /** `--executions` and `--count`; null: not given. */
  readonly executions: number | null;
  readonly count: number | null;
}

export interface BlobRow {
  readonly group: string;
  readonly heading: string;
  readonly variant: string;
  readonly label: string;
  readonly baseline: string | null;
  readonly senseless: string | null;
  /** Where its group, and then the row, stands in the study. */
  readonly at: readonly [group: number, row: number];
}

/** A row as it ran with a seed; see RowResult. */
export interface StudyPart extends Pick<RowResult, 'known' | 'counts' | 'brokenHost' | 'rounds'> {
  readonly group: string;
  readonly variant: string;
  readonly seed: number;
  /** Null where the study does not hunt. */
  readonly did: BlobVerdict | null;
  readonly witness: BlobWitness | null;
  readonly pairs: PackedPairs | null;
  readonly proof: Omit<NonNullable<RowResult['proof']>, 'row'> | null;
}

const REMEDY = 'undo the edit, or run the study again with --reporter blob';
const ENVELOPE: BlobEnvelope<typeof studyBlobSchema> = {
  format: FORMAT,
  version: FORMAT_VERSION,
  schema: studyBlobSchema,
  remedy: REMEDY,
};

export function studyBlob(
  study: Omit<SharedStudy, 'shootdown'>,
  made: Pick<StudyBlob, 'rows' | 'notes' | 'parts'>,
  shootdown = VERSION,
): StudyBlob {
  return { format: FORMAT, version: FORMAT_VERSION, study: { shootdown, ...study }, ...made };
}

/** Throws InfrastructureError for one that no merge would read. */
export function serializeStudyBlob(blob: StudyBlob): string {
  if (blob.rows.length > ROWS_MAX)
    throw new InfrastructureError(
      `the blob: ${blob.rows.length} rows are more than a merge reads (at most ${ROWS_MAX})`,
      'share them out with --variant',
    );
  return blobText(blob, 'share the rows out with --variant, or count fewer pairs with --count');
}

/** Whether a value says of itself that it is one. */
export function isStudyBlob(value: unknown): value is Readonly<Record<string, unknown>> {
  return isOfFormat(ENVELOPE, value);
}

/** Tells a row of a study from every other. */
export function rowKey({ group, variant }: Pick<BlobRow, 'group' | 'variant'>): string {
  return JSON.stringify([group, variant]);
}

/** Checks one that says so, but for what is packed. Throws InputError. */
export function checkStudyBlob(value: Readonly<Record<string, unknown>>, file: string): StudyBlob {
  const { study, rows, notes, parts } = openEnvelope(ENVELOPE, value, file);
  const byKey = new Map(rows.map((row) => [rowKey(row), row]));
  const checked = parts.map(({ witness, ...part }): StudyPart => {
    const where = `${file}: ${part.group} ${part.variant}, seed ${part.seed}`;
    const row = byKey.get(rowKey(part));
    const isOthers = part.did !== null && part.did.variant !== part.variant;
    if (row === undefined || row.senseless !== null || isOthers)
      throw new InputError(`${where}: is no row of the study that the file tells of`, REMEDY);
    const { pairs } = part;
    if (pairs !== null && (pairs.base !== row.baseline || pairs.patch !== row.variant))
      throw new InputError(
        `${where}: its pairs are of ${brief(pairs.base)} and ${brief(pairs.patch)}`,
        REMEDY,
      );
    if (witness === null) return { ...part, witness };
    const finding = checkFinding(witness.finding, where);
    const stranger = strangerIn(finding, part, study);
    if (stranger !== null) throw new InputError(`${where}: the finding is of ${stranger}`, REMEDY);
    return { ...part, witness: { finding, cause: witness.cause } };
  });
  const { shootdown, ...shared } = study;
  return studyBlob(shared, { rows, notes, parts: checked }, shootdown);
}

/** What tells that a finding was not met in the part that it stands in, or null. */
function strangerIn(
  finding: Finding,
  { variant, seed }: Pick<StudyPart, 'variant' | 'seed'>,
  study: SharedStudy,
): string | null {
  const { name } = findingSubject(finding);
  if (name !== variant) return brief(name);
  if (finding.memory !== study.memory) return `memory model ${finding.memory}`;
  if (finding.seed !== seed) return `seed ${finding.seed}`;
  return finding.shootdown === study.shootdown ? null : `shootdown ${finding.shootdown}`;
}
