/** A study's rows, from what they have shown and counted with several seeds. */

import type { BlobPart } from '../../findings/blob.js';
import type { PairedCounts, PairedSample } from '../../study/paired-counts.js';
import { type Counts, comparisonsOf, type RowResult, type Study, type StudyRow } from '../../study/study.js';
import { type Kind, kindsOf, Renaming } from '../kinds.js';
import { sumCounters, sumOf } from '../sums.js';
import { totalOf } from '../total.js';
import { rowKey, type StudyBlob, type StudyPart } from './blob.js';
import { Unpacking } from './packed-pairs.js';

/** A row, and the witnesses of it, the best first; it has neither file nor replay yet. */
export interface RowTotal {
  readonly result: RowResult;
  readonly kinds: readonly Kind[];
}

/** The study of a blob: its rows under their headings. `study`: as the package has it. */
export function studyOf(study: Study, { rows }: StudyBlob): Study {
  const groups = new Map(rows.map(({ group, heading }) => [group, { name: group, heading }]));
  return { ...study, groups: [...groups.values()], rows: rows.map(rowOf) };
}

function rowOf({ group, variant, label, baseline, senseless }: StudyBlob['rows'][number]): StudyRow {
  return { group, variant, label, baseline, ...(senseless === null ? {} : { senseless }) };
}

/**
 * Of each row that any blob has come to, or that makes no sense. Throws InputError for pairs that are none.
 */
export function rowTotals(study: Study, blob: StudyBlob): RowTotal[] {
  const parts = new Map<string, StudyPart[]>();
  for (const part of blob.parts) addTo(parts, rowKey(part), part);
  const comparisons = comparisonsOf(study, study.rows);
  const how = { comparisons, unpacking: new Unpacking(), renaming: new Renaming() };
  return study.rows.flatMap((row) => {
    const own = parts.get(rowKey(row)) ?? [];
    return own.length === 0 && row.senseless === undefined ? [] : [rowTotal(row, own, blob, how)];
  });
}

/** Rows that no blob has come to. */
export function rowsMissing({ rows, parts }: StudyBlob): StudyBlob['rows'] {
  const reached = new Set(parts.map(rowKey));
  return rows.filter((row) => row.senseless === null && !reached.has(rowKey(row)));
}

interface How {
  readonly comparisons: number;
  readonly unpacking: Unpacking;
  readonly renaming: Renaming;
}

function rowTotal(row: StudyRow, parts: readonly StudyPart[], { study }: StudyBlob, how: How): RowTotal {
  const hunted = parts.flatMap(({ did, witness }, index): BlobPart[] =>
    did === null ? [] : [{ shard: index + 1, did, witness }],
  );
  const kinds = kindsOf(hunted, how.renaming);
  const [{ seed } = { seed: 0 }] = parts;
  const hunt = { memory: study.memory, seed, strategies: study.strategies };
  const verdict = hunted.length === 0 ? null : totalOf({ hunt }, hunted, kinds[0] ?? null);
  const result: RowResult = {
    ...{ row, verdict, finding: null, replay: null, comparisons: how.comparisons },
    known: parts.find(({ known }) => known !== null)?.known ?? null,
    counts: sumOfCounts(parts.flatMap(({ counts }) => counts ?? [])),
    pairs: pairsOf(parts, how.unpacking),
    brokenHost: sumOfCounts(parts.flatMap(({ brokenHost }) => brokenHost ?? [])),
    // Nothing is drawn there: each seed has the same.
    rounds: parts.find(({ rounds }) => rounds !== null)?.rounds ?? null,
    proof: proofOf(row, parts),
  };
  return { result, kinds };
}

function sumOfCounts(all: readonly Counts[]): Counts | null {
  return all.length === 0 ? null : (sumCounters(all) as Counts);
}

/** The pairs of all seeds, those of a scenario together. */
function pairsOf(parts: readonly StudyPart[], unpacking: Unpacking): PairedCounts | null {
  const all = parts.flatMap(({ group, variant, seed, pairs }) =>
    pairs === null ? [] : [unpacking.unpack(pairs, `${group} ${variant}, seed ${seed}`)],
  );
  if (all.length === 0) return null;
  const samples = new Map<string, PairedSample[]>();
  for (const sample of all.flatMap((pairs) => pairs.samples)) addTo(samples, sample.scenario, sample);
  const { base, patch } = all[0];
  return {
    ...{ base, patch },
    pairs: sumOf(all.map(({ pairs }) => pairs)),
    cut: sumOf(all.map(({ cut }) => cut)),
    otherwise: sumOf(all.map(({ otherwise }) => otherwise)),
    samples: [...samples].map(([scenario, own]) => ({
      scenario,
      pairs: sumOf(own.map(({ pairs }) => pairs)),
      counts: joined(own.map(({ counts }) => counts)),
      apart: joined(own.map(({ apart }) => apart)),
    })),
  };
}

function joined(all: readonly Float64Array[]): Float64Array {
  if (all.length === 1) return all[0];
  const values = new Float64Array(sumOf(all.map(({ length }) => length)));
  let at = 0;
  for (const one of all) {
    values.set(one, at);
    at += one.length;
  }
  return values;
}

function addTo<T>(groups: Map<string, T[]>, key: string, one: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [one]);
  else group.push(one);
}

/** A proof is the same whatever the seed; one may have gone further. */
function proofOf(row: StudyRow, parts: readonly StudyPart[]): RowResult['proof'] {
  const proofs = parts.flatMap(({ proof }) => proof ?? []);
  if (proofs.length === 0) return null;
  const decided = ({ proved, refuted }: (typeof proofs)[number]): number => proved.length + refuted.length;
  return { ...proofs.reduce((best, proof) => (decided(proof) > decided(best) ? proof : best)), row };
}
