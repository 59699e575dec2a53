/** `study --reporter blob`: what a study leaves for `shootdown merge`. */

import {
  type BlobRow,
  type SharedStudy,
  type StudyBlob,
  type StudyPart,
  studyBlob,
} from '../../../merge/study/blob.js';
import { packPairs } from '../../../merge/study/packed-pairs.js';
import { didOf } from '../../../report/reporters/blob.js';
import type { RowResult, Study, StudyRow } from '../../../study/study.js';
import type { SelectedScenarios } from '../../select.js';

interface Ran {
  readonly rows: readonly StudyRow[];
  readonly results: readonly RowResult[];
  readonly strategies: readonly string[];
  readonly selected: SelectedScenarios;
  readonly notes: readonly string[];
}

interface BlobFlags extends Pick<SharedStudy, 'memory'> {
  readonly seed: number;
  readonly executions?: number;
  readonly count?: number;
}

export function blobOfStudy(
  study: Study,
  { rows, results, strategies, selected, notes }: Ran,
  { seed, memory, executions, count }: BlobFlags,
): StudyBlob {
  const scenarios = selected.scenarios.map(({ name }) => name);
  return studyBlob(
    {
      ...{ name: study.name, memory, strategies, scenarios },
      ...{ executions: executions ?? null, count: count ?? null },
    },
    {
      rows: rows.map((row) => blobRow(study, row)),
      notes,
      parts: results.flatMap((result) => (result.row.senseless === undefined ? [partOf(result, seed)] : [])),
    },
  );
}

function blobRow(study: Study, row: StudyRow): BlobRow {
  const { group, variant, label, baseline, senseless = null } = row;
  const groupAt = study.groups.findIndex(({ name }) => name === group);
  const heading = study.groups[groupAt]?.heading ?? group;
  const at = [Math.max(0, groupAt), Math.max(0, study.rows.indexOf(row))] as const;
  return { group, heading, variant, label, baseline, senseless, at };
}

function partOf(
  { row, verdict, finding, replay, pairs, proof, ...rest }: RowResult,
  seed: number,
): StudyPart {
  const { known, counts, brokenHost, rounds } = rest;
  return {
    ...{ group: row.group, variant: row.variant, seed, known, counts, brokenHost, rounds },
    did: verdict === null ? null : didOf(verdict),
    witness: finding === null ? null : { finding, cause: replay?.cause ?? null },
    pairs: pairs === null ? null : packPairs(pairs),
    proof: proof === null ? null : withoutRow(proof),
  };
}

function withoutRow({ row: _, ...proof }: NonNullable<RowResult['proof']>): StudyPart['proof'] {
  return proof;
}
